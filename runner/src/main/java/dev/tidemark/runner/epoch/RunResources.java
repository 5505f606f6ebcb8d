package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.runner.state.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * What a run is given by whoever starts it, and stays theirs.
 *
 * <p>Immutable.
 *
 * @param harnesses makes what runs functions in SDK harnesses
 * @param store where the state is committed with every epoch, and read from; null for none. To be
 *     closed when the run has ended; nobody else may use it before that
 * @param memory what all runs of this process may take together for what they can put on disk; null
 *     if a run is alone and may take what its options say
 */
public record RunResources(
    HarnessNodes harnesses, @Nullable StateStore store, @Nullable MemoryBudget memory) {
  /** A run without harnesses and store, that is alone. */
  public static final RunResources NONE = new RunResources(HarnessNodes.NONE, null, null);

  /** A run that keeps its state in {@code store}, or not if that is null. */
  public static RunResources of(@Nullable StateStore store) {
    return NONE.with(store);
  }

  /** A run with functions in SDK harnesses. */
  public static RunResources of(HarnessNodes harnesses) {
    return new RunResources(harnesses, null, null);
  }

  /** The same with new harnesses, which know nothing of what was done in these. */
  RunResources renewed() {
    return new RunResources(harnesses.renewed(), store, memory);
  }

  /** The same with another store. */
  RunResources with(@Nullable StateStore other) {
    return new RunResources(harnesses, other, memory);
  }
}
