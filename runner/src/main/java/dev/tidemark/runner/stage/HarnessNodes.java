package dev.tidemark.runner.stage;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;

/**
 * Makes the processors of nodes that run in SDK harnesses.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface HarnessNodes {

  /** For jobs without such nodes. */
  HarnessNodes NONE =
      (node, lane) -> {
        throw new IllegalArgumentException(
            node.fullName()
                + " is written in another language, and this job was started without SDK harnesses:"
                + " send it to a job server");
      };

  /**
   * The processor of a node in a lane, not yet opened.
   *
   * @param node whose operation is {@link Operation.Harness}
   * @param lane the number of the lane, from 0
   */
  NodeProcessor processor(Node node, int lane);
}
