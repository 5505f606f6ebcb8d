package dev.tidemark.runner.source;

/**
 * How many elements a slice should have at most, so that the pipeline takes it in about ten
 * milliseconds: a slice belongs to one epoch, which should not be held up by it.
 *
 * <p>Thread-safe: changed by the lane, read by the reading thread.
 */
final class SliceLimit {
  private static final int LEAST = 16;
  private static final int MOST = 10_000;
  private static final long TARGET_NANOS = 10_000_000;

  private volatile int elements = 1_000;

  int elements() {
    return elements;
  }

  /** Learns that {@code count} elements took {@code nanos}. */
  void adapt(int count, long nanos) {
    if (count == 0) {
      return;
    }
    long fitting = Math.round((double) count * TARGET_NANOS / Math.max(1, nanos));
    // Halfway only, since the first slices after a start are slower than those to come.
    elements = (int) Math.max(LEAST, Math.min(MOST, (elements + fitting) / 2));
  }
}
