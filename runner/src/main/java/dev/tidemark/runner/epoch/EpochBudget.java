package dev.tidemark.runner.epoch;

import dev.tidemark.runner.source.EmitBudget;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How much an epoch takes of each source and lane.
 *
 * <p>Immutable; the suppliers are asked by the lanes, each for itself.
 *
 * @param elements how many elements
 * @param nanos for how long
 * @param full whether so much is on its way between stages that sources should stop
 */
record EpochBudget(LongSupplier elements, long nanos, BooleanSupplier full) {
  /** A budget for one source in one lane, counted from now. */
  EmitBudget share() {
    return new EmitBudget(elements.getAsLong(), nanos, full);
  }
}
