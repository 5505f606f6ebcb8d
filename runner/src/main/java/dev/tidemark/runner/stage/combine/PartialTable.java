package dev.tidemark.runner.stage.combine;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators by key and window, with their output timestamps.
 *
 * <p>Owned by the lane.
 */
interface PartialTable {
  /**
   * A lower bound of all output timestamps, or {@link dev.tidemark.runner.stage.Timestamps#MAX} if
   * it is empty.
   */
  long earliestOutput();

  /**
   * Adds an input to the accumulator of its key and window.
   *
   * @return false if that would take too long, and the input is not here
   */
  boolean add(
      @Nullable Object key, @Nullable Object input, long timestampMillis, BoundedWindow window);

  /** Whether it has grown beyond the limits. */
  boolean exceeds(PartialCombineLimits limits);

  /** Whether keys repeat often enough for the table to be of use. */
  boolean repeats(PartialCombineLimits limits);

  /** Emits all accumulators, in the order in which they were begun, and empties itself. */
  void drainTo(PartialOutput output);
}
