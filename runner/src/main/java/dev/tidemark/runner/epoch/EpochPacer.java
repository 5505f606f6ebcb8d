package dev.tidemark.runner.epoch;

/**
 * Decides how long a streaming epoch lasts: long enough that what each epoch costs whatever it
 * holds, sealing and committing, stays under a tenth of it, and within bounds.
 *
 * <p>Owned by the driver.
 */
final class EpochPacer {
  /** Weight of the newest sample in the moving average of an epoch's fixed cost. */
  private static final double NEWEST = 0.2;

  private static final double COST_SHARE = 0.1;

  /** Keeps what is on its way between the stages of a streaming job small. */
  private static final long STREAMING_ELEMENTS = 100_000;

  private final long minNanos;
  private final long maxNanos;
  private final long maxElements;
  private double costNanos;

  EpochPacer(long minMillis, long maxMillis, long maxElements) {
    this.minNanos = minMillis * 1_000_000L;
    this.maxNanos = maxMillis * 1_000_000L;
    this.maxElements = maxElements;
  }

  /** Takes note of what opening, sealing and committing one epoch cost. */
  void noteCost(long nanos) {
    costNanos = costNanos * (1 - NEWEST) + nanos * NEWEST;
  }

  /** How long the next epoch is to last, in nanoseconds. */
  long targetNanos() {
    return Math.max(minNanos, Math.min(maxNanos, (long) (costNanos / COST_SHARE)));
  }

  /** How much the next epoch takes of each source and lane. */
  EpochBudget budget(boolean streaming) {
    return streaming
        ? new EpochBudget(Math.min(maxElements, STREAMING_ELEMENTS), targetNanos())
        : new EpochBudget(maxElements, Long.MAX_VALUE);
  }
}
