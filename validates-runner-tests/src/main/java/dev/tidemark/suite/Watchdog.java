package dev.tidemark.suite;

import java.time.Duration;

/**
 * Ends this JVM when a test runs longer than the limit, after it reported the test and the stack of
 * every thread: a thread that hangs cannot be stopped otherwise. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(250);

  /** The exit status of a worker that gave up on a test. */
  static final int EXIT_STATUS = 3;

  private final Duration limit;
  private final TestReporter reporter;
  private final Thread thread;

  Watchdog(Duration limit, TestReporter reporter) {
    this.limit = limit;
    this.reporter = reporter;
    this.thread = new Thread(this::watch, "suite-watchdog");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void watch() {
    try {
      while (reporter.running().compareTo(limit) < 0) {
        Thread.sleep(STEP.toMillis());
      }
    } catch (InterruptedException e) {
      return;
    }
    String stacks = StackTraces.ofAllThreads();
    if (reporter.giveUp("Hung for more than " + limit.toSeconds() + " s\n" + stacks)) {
      System.out.println(stacks);
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }
}
