package dev.tidemark.runner.epoch;

import dev.tidemark.runner.source.EmitBudget;
import java.util.function.LongSupplier;

/**
 * How much an epoch takes of each source and lane.
 *
 * <p>Immutable; {@code elements} is asked by the lanes, each for itself.
 *
 * @param elements how many elements
 * @param nanos for how long
 */
record EpochBudget(LongSupplier elements, long nanos) {
  /** A budget for one source in one lane, counted from now. */
  EmitBudget share() {
    return new EmitBudget(elements.getAsLong(), nanos);
  }
}
