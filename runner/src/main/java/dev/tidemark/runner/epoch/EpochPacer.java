package dev.tidemark.runner.epoch;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Decides how long a streaming epoch lasts and how much it takes: short while little is to be done,
 * but so long that what each epoch costs whatever it holds, sealing and committing, stays under a
 * tenth of it. It ends early when what is on its way between stages fills the memory for that.
 *
 * <p>Owned by the driver.
 */
final class EpochPacer {
  /** How long an epoch lasts that costs nothing: gathers what comes at the same time. */
  private static final long MIN_MILLIS = 5;

  /** Weight of the newest sample in the moving average of an epoch's fixed cost. */
  private static final double NEWEST = 0.2;

  private static final double COST_SHARE = 0.1;

  /** Bounds what waits as objects, between stages and in sources, of each source and lane. */
  private static final long STREAMING_ELEMENTS = 500_000;

  private final long minNanos;
  private final long targetNanos;
  private final long maxNanos;
  private final LongSupplier maxElements;
  private final BooleanSupplier full;
  private final int lanes;
  private final ChangesLimit changes;
  private double costNanos;

  /**
   * Makes a pacer.
   *
   * @param targetMillis for how long a busy epoch takes elements
   * @param maxMillis what no epoch's taking exceeds, whatever epochs cost
   * @param maxElements how many elements an epoch takes of each source and lane at most; asked for
   *     each of them
   * @param full whether so much is on its way between stages that sources should stop: an epoch
   *     ends then, also in batch, and the next one goes on when all of it was taken
   * @param lanes how many lanes there are
   * @param changedBytes how much of the state a streaming epoch should change at most
   */
  EpochPacer(
      long targetMillis,
      long maxMillis,
      LongSupplier maxElements,
      BooleanSupplier full,
      int lanes,
      long changedBytes) {
    this.minNanos = Math.min(MIN_MILLIS, targetMillis) * 1_000_000L;
    this.targetNanos = targetMillis * 1_000_000L;
    this.maxNanos = maxMillis * 1_000_000L;
    this.maxElements = maxElements;
    this.full = full;
    this.lanes = lanes;
    this.changes = new ChangesLimit(changedBytes);
  }

  /** Takes note of what an epoch took and changed, see {@link ChangesLimit#note}. */
  void noteChanges(long taken, long changedBytes) {
    changes.note(taken, changedBytes);
  }

  /** Takes note of what opening, sealing and committing one epoch cost. */
  void noteCost(long nanos) {
    costNanos = costNanos * (1 - NEWEST) + nanos * NEWEST;
  }

  /** How long the next epoch is to last at least, in nanoseconds. */
  long leastNanos() {
    return Math.max(minNanos, Math.min(maxNanos, (long) (costNanos / COST_SHARE)));
  }

  /** How much the next epoch takes of each source and lane. */
  EpochBudget budget(boolean streaming) {
    long streamingElements = Math.min(STREAMING_ELEMENTS, Math.max(1, changes.elements() / lanes));
    return streaming
        ? new EpochBudget(
            () -> Math.min(maxElements.getAsLong(), streamingElements),
            Math.max(targetNanos, leastNanos()),
            full)
        : new EpochBudget(maxElements, Long.MAX_VALUE, full);
  }
}
