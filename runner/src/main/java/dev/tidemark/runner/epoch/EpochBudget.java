package dev.tidemark.runner.epoch;

import dev.tidemark.runner.source.EmitBudget;

/**
 * How much an epoch takes of each source and lane.
 *
 * <p>Immutable.
 *
 * @param elements how many elements
 * @param nanos for how long
 */
record EpochBudget(long elements, long nanos) {
  /** A budget for one source in one lane, counted from now. */
  EmitBudget share() {
    return new EmitBudget(elements, nanos);
  }
}
