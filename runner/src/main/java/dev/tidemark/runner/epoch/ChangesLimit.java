package dev.tidemark.runner.epoch;

/**
 * How many elements an epoch may take, so that what they change in the state, which is in memory
 * until it is committed, stays within a limit: as many as it would have been in the epochs before.
 *
 * <p>Owned by the driver.
 */
final class ChangesLimit {
  /** How many the first epoch takes, of whose changes nothing is known. */
  private static final long FIRST = 20_000;

  /** So that a job gets on, whatever its elements change. */
  private static final long LEAST = 64;

  /** Weight of an epoch in which an element changed less than in those before. */
  private static final double NEWEST = 0.2;

  private final long bytes;
  private double bytesPerElement;
  private long elements = FIRST;

  /**
   * Makes one.
   *
   * @param bytes how much an epoch should change at most, keys and values as they are stored
   */
  ChangesLimit(long bytes) {
    this.bytes = bytes;
  }

  /** How many elements the next epoch should take, of all sources and lanes together. */
  long elements() {
    return elements;
  }

  /**
   * Learns what an epoch has changed.
   *
   * @param taken how many elements it took; with none, it tells nothing
   * @param changed in bytes
   */
  void note(long taken, long changed) {
    if (taken == 0) {
      return;
    }
    double newest = (double) changed / taken;
    // More counts at once, less only after a while.
    bytesPerElement = Math.max(newest, bytesPerElement * (1 - NEWEST) + newest * NEWEST);
    double fitting = bytes / Math.max(bytesPerElement, 1e-3);
    elements = (long) Math.max(LEAST, Math.min(2.0 * elements, fitting));
  }
}
