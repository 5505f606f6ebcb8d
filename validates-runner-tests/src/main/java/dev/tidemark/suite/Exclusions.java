package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tests that are not run, each with its reason, as the exclusions file lists them. Immutable.
 *
 * <p>A line is {@code class#method}, two spaces or more, and a reason that starts with a mark:
 * {@code [environment]} for what no runner of this kind can have (an expansion service, a separate
 * SDK harness, a cloud client), {@code [missing]} for what this runner does not do yet, and {@code
 * [jdk]} for what expects the words of a JDK before 21 and runs on those. See {@link TestLines} for
 * the rest.
 *
 * @param reasons test name to reason, in the order of the file
 */
public record Exclusions(Map<String, Reason> reasons) {

  /** Why a test is not run. */
  public enum Mark {
    /** Needs something that does not exist where the tests run. */
    ENVIRONMENT,
    /** The runner lacks something. */
    MISSING,
    /** Expects the words of an older JDK. */
    JDK
  }

  /**
   * A mark and its explanation.
   *
   * @param mark the class of reasons it belongs to
   * @param text the explanation
   */
  public record Reason(Mark mark, String text) {
    @Override
    public String toString() {
      return "[" + mark.name().toLowerCase(java.util.Locale.ROOT) + "] " + text;
    }
  }

  /** Copies {@code reasons}, keeping their order. */
  public Exclusions {
    reasons = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
  }

  /** No exclusions at all. */
  public static Exclusions none() {
    return new Exclusions(Map.of());
  }

  /**
   * Reads {@code file}; without one, nothing is excluded.
   *
   * @throws IllegalArgumentException for a line of another form or a test listed twice; it names
   *     the line
   */
  public static Exclusions read(Path file) throws IOException {
    return new Exclusions(
        TestLines.read(file, Exclusions::reason, "class#method  [mark] reason").values());
  }

  /** These without those of one mark. */
  public Exclusions without(Mark mark) {
    Map<String, Reason> others = new LinkedHashMap<>(reasons);
    others.values().removeIf(reason -> reason.mark() == mark);
    return new Exclusions(others);
  }

  /** Why {@code test} is excluded, if it is. */
  public Optional<Reason> reasonFor(TestId test) {
    return new TestLines<>(reasons).find(test);
  }

  private static Reason reason(String text) {
    for (Mark mark : Mark.values()) {
      String prefix = "[" + mark.name().toLowerCase(java.util.Locale.ROOT) + "] ";
      if (text.startsWith(prefix) && text.length() > prefix.length()) {
        return new Reason(mark, text.substring(prefix.length()).strip());
      }
    }
    throw new IllegalArgumentException(
        "the reason must start with '[environment] ', '[missing] ' or '[jdk] ' and say more.");
  }
}
