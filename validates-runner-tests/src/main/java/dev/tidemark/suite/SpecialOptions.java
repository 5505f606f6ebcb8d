package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The pipeline options that single tests get besides those of the run, as the options file lists
 * them. Immutable.
 *
 * <p>A line is {@code class#method}, two spaces or more, one option, and the reason why the test
 * needs it. See {@link TestLines} for the rest.
 */
public final class SpecialOptions {
  private final TestLines<String> options;

  private SpecialOptions(TestLines<String> options) {
    this.options = options;
  }

  /**
   * Reads the file of {@code module}, {@code options.txt}; without one, no test has options of its
   * own.
   *
   * @throws IllegalArgumentException for a line of another form or a test listed twice; it names
   *     the line
   */
  public static SpecialOptions of(Path module) throws IOException {
    return new SpecialOptions(
        TestLines.read(
            module.resolve("options.txt"),
            SpecialOptions::option,
            "class#method  --option=value reason"));
  }

  private static String option(String text) {
    String[] parts = text.split("\\s+", 2);
    if (parts.length != 2 || !parts[0].startsWith("--")) {
      throw new IllegalArgumentException("say '--option=value' and why, found: " + text);
    }
    return parts[0];
  }

  /** The options of {@code test} alone, each in the form {@code --name=value}. */
  public List<String> of(TestId test) {
    return options.find(test).stream().toList();
  }
}
