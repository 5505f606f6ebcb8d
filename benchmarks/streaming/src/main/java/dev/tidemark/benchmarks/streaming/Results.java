package dev.tidemark.benchmarks.streaming;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What came out of the job, and how late: the one thing here that is static, as the runner copies
 * the functions that report to it.
 *
 * <p>Thread-safe.
 */
final class Results {
  private static final int DIGITS = 3;
  private static final Histogram LATENCIES =
      new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(10), DIGITS);
  private static final LongAdder COUNTED = new LongAdder();
  private static final LongAdder WINDOWS = new LongAdder();

  private Results() {}

  /** Notes the count of a key and window. */
  static void counted(long elements) {
    COUNTED.add(elements);
    WINDOWS.increment();
  }

  /** Notes how long after its window's end a result came. */
  static void cameAfter(long micros) {
    LATENCIES.recordValue(Math.max(0, micros));
  }

  /** The sum of all counts. */
  static long elements() {
    return COUNTED.sum();
  }

  /** How many counts there were. */
  static long counts() {
    return WINDOWS.sum();
  }

  /** How late those results came that were measured, in microseconds; a copy. */
  static Histogram latencies() {
    return LATENCIES.copy();
  }

  /** Forgets everything. */
  static void reset() {
    LATENCIES.reset();
    COUNTED.reset();
    WINDOWS.reset();
  }
}
