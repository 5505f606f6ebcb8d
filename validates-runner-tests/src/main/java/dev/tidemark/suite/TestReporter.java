package dev.tidemark.suite;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.runner.Description;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/**
 * Turns JUnit's events into lines for the parent. Thread-safe: the tests' thread reports, the
 * watchdog asks what runs and since when.
 */
final class TestReporter extends RunListener {
  /** Where the lines go. */
  interface Sender {
    void send(String word, String... fields);
  }

  private final Sender sender;
  private @Nullable Description current;
  private long startedNanos;
  private Outcome outcome = Outcome.PASSED;
  private String detail = "";
  private String classFailure = "";

  TestReporter(Sender sender) {
    this.sender = sender;
  }

  @Override
  public synchronized void testStarted(Description description) {
    current = description;
    startedNanos = System.nanoTime();
    outcome = Outcome.PASSED;
    detail = "";
    System.out.println("=== " + description.getDisplayName());
    sender.send(Wire.START, description.getClassName(), name(description));
  }

  @Override
  public synchronized void testFailure(Failure failure) {
    String trace = StackTraces.of(failure.getException());
    System.out.println(trace);
    if (failure.getDescription().isTest()) {
      // A test may fail twice, in its body and in a rule: the first one is the cause.
      detail = outcome == Outcome.FAILED ? detail + trace : trace;
      outcome = Outcome.FAILED;
    } else {
      classFailure += trace;
    }
  }

  @Override
  public synchronized void testAssumptionFailure(Failure failure) {
    if (failure.getDescription().isTest()) {
      outcome = Outcome.IGNORED;
      detail = StackTraces.of(failure.getException());
    } else {
      classFailure += StackTraces.of(failure.getException());
    }
  }

  @Override
  public synchronized void testIgnored(Description description) {
    if (description.isTest()) {
      end(description, Outcome.IGNORED, Duration.ZERO, "@Ignore");
    }
  }

  @Override
  public synchronized void testFinished(Description description) {
    current = null;
    end(description, outcome, elapsed(), detail);
  }

  /** How long the running test has been running; zero between tests. */
  synchronized Duration running() {
    return current == null ? Duration.ZERO : elapsed();
  }

  /** Reports the running test as hanging, unless it ended meanwhile; says whether it did report. */
  synchronized boolean giveUp(Duration limit, String reason) {
    Description hanging = current;
    if (hanging == null || elapsed().compareTo(limit) < 0) {
      return false;
    }
    end(hanging, Outcome.FAILED, elapsed(), reason);
    return true;
  }

  /** What failed outside of any test, for instance in {@code @BeforeClass}; empty if nothing. */
  synchronized String classFailure() {
    return classFailure;
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  private void end(Description description, Outcome result, Duration duration, String why) {
    sender.send(
        Wire.END,
        description.getClassName(),
        name(description),
        result.name(),
        Long.toString(duration.toMillis()),
        why);
  }

  private static String name(Description description) {
    String method = description.getMethodName();
    return method == null ? description.getDisplayName() : method;
  }
}
