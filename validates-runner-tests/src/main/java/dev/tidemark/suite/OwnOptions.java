package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Pipeline options that single tests need, as the options file lists them. Immutable.
 *
 * <p>A line is {@code class#method}, two spaces or more, and options separated by spaces. Lines
 * that start with {@code #} are comments.
 *
 * @param byTest test name to its options
 */
public record OwnOptions(Map<String, List<String>> byTest) {

  /** Copies {@code byTest}. */
  public OwnOptions {
    byTest = Map.copyOf(byTest);
  }

  /** No test has options of its own. */
  public static OwnOptions none() {
    return new OwnOptions(Map.of());
  }

  /**
   * Reads {@code file}; without one, no test has options of its own.
   *
   * @throws IllegalArgumentException for a line of another form; it names the line
   */
  public static OwnOptions read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return none();
    }
    Map<String, List<String>> byTest = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split("\\s+");
      List<String> options = List.of(parts).subList(1, parts.length);
      if (!parts[0].contains("#")
          || options.isEmpty()
          || !options.stream().allMatch(each -> each.startsWith("--"))) {
        throw new IllegalArgumentException(
            file + ": expected 'class#method  --option…', found: " + line);
      }
      byTest.put(parts[0], options);
    }
    return new OwnOptions(byTest);
  }

  /** The options of a test: those of the run, with its own in place of those of the same name. */
  public List<String> of(TestId test, List<String> ofTheRun) {
    List<String> own =
        byTest.getOrDefault(
            test.toString(),
            byTest.getOrDefault(test.className() + "#" + test.plainMethod(), List.of()));
    var replaced = own.stream().map(OwnOptions::name).collect(Collectors.toSet());
    List<String> all = new ArrayList<>();
    for (String option : ofTheRun) {
      if (!replaced.contains(name(option))) {
        all.add(option);
      }
    }
    all.addAll(own);
    return all;
  }

  private static String name(String option) {
    int equals = option.indexOf('=');
    return equals < 0 ? option : option.substring(0, equals);
  }
}
