package dev.tidemark.benchmarks.durability;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When a run reached what is measured: the one thing here that is static, as the functions and
 * sources that report to it are copied by the runner.
 *
 * <p>Thread-safe.
 */
final class Tally {
  private static final AtomicLong ADDED = new AtomicLong();
  private static final AtomicLong TOTAL = new AtomicLong();
  private static final AtomicLong FIRST_RESULT = new AtomicLong();

  private Tally() {}

  /** Notes so many sums that have changed. */
  static void added(long elements) {
    if (elements > 0 && FIRST_RESULT.get() == 0) {
      FIRST_RESULT.compareAndSet(0, System.nanoTime());
    }
    ADDED.addAndGet(elements);
  }

  /** Notes an answer. */
  static void answered(long sum) {
    TOTAL.addAndGet(sum);
  }

  /** How many sums have changed. */
  static long adds() {
    return ADDED.get();
  }

  /** The sum of all answers. */
  static long total() {
    return TOTAL.get();
  }

  /** When the first sum of this process changed, by {@link System#nanoTime}; 0 if none has. */
  static long firstResultNanos() {
    return FIRST_RESULT.get();
  }

  /** The processor time that this process has taken, in nanoseconds. */
  static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Forgets what was noted. */
  static void reset() {
    ADDED.set(0);
    TOTAL.set(0);
    FIRST_RESULT.set(0);
  }
}
