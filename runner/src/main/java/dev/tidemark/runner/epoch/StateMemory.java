package dev.tidemark.runner.epoch;

import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;

/**
 * How the memory is divided that a job may use for state that it keeps in a store.
 *
 * <p>Immutable.
 *
 * @param objectBytes for what was used last, as objects on Java's heap, over all stages and lanes
 * @param storeBytes for the store, outside of the heap
 */
public record StateMemory(long objectBytes, long storeBytes) {
  private static final long LEAST_BYTES = 1 << 20;

  /** One epoch is open, two wait, two are being committed, and the store has a copy of those. */
  private static final int CHANGES_HELD = 1 + 3 * Committer.MAX_WAITING;

  /** Roughly what a timer that fires changes: what is written of it, and the state of its key. */
  private static final int TIMER_BYTES = 1 << 10;

  /** The memory that the options give. */
  public static StateMemory of(ExecutionOptions options) {
    long half = options.getStateMemoryMegabytes() << 19;
    return new StateMemory(half, half);
  }

  /** How much of the state an epoch should change: that is on the heap until it is committed. */
  long epochBytes() {
    return objectBytes / CHANGES_HELD;
  }

  /** How many timers of a node should fire in an epoch and lane, so that it changes no more. */
  int epochTimers(int lanes) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, epochBytes() / lanes / TIMER_BYTES));
  }

  /**
   * What each stage and lane gets: where elements come by key there may be much state, so it is
   * divided by the number of stages that are.
   */
  long cacheBytes(StageGraph graph, int lanes) {
    long keyed = graph.stages().stream().filter(StateMemory::isKeyed).count();
    return Math.max(LEAST_BYTES, objectBytes / (Math.max(1, keyed) * lanes));
  }

  private static boolean isKeyed(Stage stage) {
    return stage.incoming().stream().anyMatch(edge -> edge.kind() == Edge.Kind.EXCHANGE_BY_KEY)
        || stage.nodes().stream().map(Node::operation).anyMatch(any -> any.needsKeys());
  }
}
