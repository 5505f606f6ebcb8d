package dev.tidemark.suite;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Ends this JVM when a test hangs, after it reported the test and the stack of every thread: a
 * thread that hangs cannot be stopped otherwise. Thread-safe.
 *
 * <p>A test hangs when it runs longer than the limit and the JVM either does nothing or has used
 * half the limit in processor time: on a machine with too much to do, a test that merely waits for
 * its turn is left alone, up to {@value #PATIENCE} times the limit.
 */
final class Watchdog implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(250);
  private static final Duration IDLE_WINDOW = Duration.ofSeconds(5);
  private static final double IDLE_SHARE = 0.03;

  /** After how many limits the processor time no longer matters. */
  static final int PATIENCE = 4;

  /** The exit status of a worker that gave up on a test. */
  static final int EXIT_STATUS = 3;

  private final Duration limit;
  private final TestReporter reporter;
  private final OperatingSystemMXBean system;
  private final Thread thread;

  Watchdog(Duration limit, TestReporter reporter) {
    this.limit = limit;
    this.reporter = reporter;
    this.system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
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
      Duration before = Duration.ZERO;
      Duration processorAtStart = processorTime();
      while (true) {
        Thread.sleep(STEP.toMillis());
        Duration running = reporter.running();
        if (running.compareTo(before) < 0 || running.isZero()) {
          processorAtStart = processorTime();
        }
        before = running;
        if (running.compareTo(limit) >= 0 && hangs(running, processorAtStart)) {
          giveUp();
        }
      }
    } catch (InterruptedException e) {
      // The class is done.
    }
  }

  private void giveUp() {
    String stacks = StackTraces.ofAllThreads();
    String why = "Hung for more than " + limit.toSeconds() + " s";
    if (reporter.giveUp(limit, why + System.lineSeparator() + stacks)) {
      System.out.println(stacks);
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }

  private boolean hangs(Duration running, Duration processorAtStart) throws InterruptedException {
    Duration before = processorTime();
    if (running.compareTo(limit.multipliedBy(PATIENCE)) > 0
        || before.minus(processorAtStart).compareTo(limit.dividedBy(2)) > 0) {
      return true;
    }
    Thread.sleep(IDLE_WINDOW.toMillis());
    Duration used = processorTime().minus(before);
    return used.toNanos() < IDLE_WINDOW.toNanos() * IDLE_SHARE;
  }

  private Duration processorTime() {
    return Duration.ofNanos(system.getProcessCpuTime());
  }
}
