package dev.tidemark.suite;

import java.util.List;

/**
 * How many tests of a group ended in which way. Immutable.
 *
 * @param passed ran and held
 * @param failed ran and did not hold
 * @param ignored switched off by Beam
 * @param excluded in the exclusions file
 */
public record Counts(long passed, long failed, long ignored, long excluded) {
  /** The counts of {@code results}. */
  public static Counts of(List<TestResult> results) {
    return new Counts(
        count(results, Outcome.PASSED),
        count(results, Outcome.FAILED),
        count(results, Outcome.IGNORED),
        count(results, Outcome.EXCLUDED));
  }

  /** All of them. */
  public long total() {
    return passed + failed + ignored + excluded;
  }

  /** Both together. */
  public Counts plus(Counts other) {
    return new Counts(
        passed + other.passed,
        failed + other.failed,
        ignored + other.ignored,
        excluded + other.excluded);
  }

  private static long count(List<TestResult> results, Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }
}
