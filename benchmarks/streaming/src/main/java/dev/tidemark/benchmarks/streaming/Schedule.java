package dev.tidemark.benchmarks.streaming;

import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Which element comes when: evenly, at times that are fixed before the job starts. A job that is
 * late finds them waiting, and its lateness counts.
 *
 * <p>Immutable.
 *
 * @param startMicros when the first one comes, in microseconds of the wall clock since 1970
 * @param elements how many come
 * @param perSecond how many come in a second
 * @param keys how many keys they have
 */
record Schedule(long startMicros, long elements, long perSecond, long keys)
    implements Serializable {
  private static final long MICROS = 1_000_000;
  private static final long MILLI_MICROS = 1_000;

  /** A schedule that starts so many milliseconds from now or later, with a full second. */
  static Schedule starting(long delayMillis, long elements, long perSecond, long keys) {
    long earliest = nowMicros() + delayMillis * MILLI_MICROS;
    return new Schedule((earliest + MICROS - 1) / MICROS * MICROS, elements, perSecond, keys);
  }

  /** The wall clock, in microseconds since 1970. */
  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** When an element comes; that of the number after the last one is the end. */
  long micros(long index) {
    return startMicros + index * MICROS / perSecond;
  }

  /** The timestamp of an element: the millisecond in which it comes. */
  long millis(long index) {
    return micros(index) / MILLI_MICROS;
  }

  /** The key of an element, as good as random. */
  long key(long index) {
    return Long.remainderUnsigned(mix(index), keys);
  }

  /** The finalizer of splitmix64. */
  private static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
