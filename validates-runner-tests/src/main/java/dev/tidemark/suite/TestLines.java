package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A file that says something about some tests, a line each: {@code class#method}, two spaces or
 * more, and what there is to say. Lines that start with {@code #} are comments. A method without
 * brackets stands for all its parameters, {@code *} for all methods. Immutable.
 *
 * @param values test name to what its line says, in the order of the file
 * @param <T> what a line says
 */
record TestLines<T>(Map<String, T> values) {

  /** Copies {@code values}, keeping their order. */
  TestLines {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Reads {@code file}; one that does not exist has no lines.
   *
   * @param parse makes the value of what follows the name; an {@link IllegalArgumentException} says
   *     what is wrong with it
   * @param form what a line looks like, for the error
   * @throws IllegalArgumentException for a line of another form or a test listed twice; it names
   *     the line
   */
  static <T> TestLines<T> read(Path file, Function<String, T> parse, String form)
      throws IOException {
    Map<String, T> values = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return new TestLines<>(values);
    }
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String place = file + ":" + number + ": ";
      String[] parts = line.split("\\s{2,}", 2);
      if (parts.length != 2 || !parts[0].contains("#")) {
        throw new IllegalArgumentException(place + "expected '" + form + "', found: " + line);
      }
      T value;
      try {
        value = parse.apply(parts[1].strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(place + e.getMessage(), e);
      }
      if (values.put(parts[0], value) != null) {
        throw new IllegalArgumentException(place + "listed twice: " + parts[0]);
      }
    }
    return new TestLines<>(values);
  }

  /** What the file says about {@code test}, if anything. */
  Optional<T> find(TestId test) {
    return Stream.of(test.method(), test.plainMethod(), TestId.WHOLE_CLASS)
        .flatMap(method -> Stream.ofNullable(values.get(test.className() + "#" + method)))
        .findFirst();
  }
}
