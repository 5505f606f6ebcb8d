package dev.tidemark.suite;

import java.time.Duration;

/**
 * The outcome of one test. Immutable.
 *
 * @param test the test
 * @param outcome what became of it
 * @param duration wall time of the test method with its rules
 * @param detail empty when it passed; the stack trace of a failure; the reason of an exclusion
 */
public record TestResult(SuiteTest test, Outcome outcome, Duration duration, String detail) {

  /** The first line of {@link #detail}: for a failure the exception and its message. */
  public String message() {
    return detail.lines().findFirst().orElse("");
  }
}
