package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Makes the processors of nodes that run in SDK harnesses, and what else such nodes need of them.
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

  /**
   * The same for another attempt of the job, when all processors are closed: nothing that functions
   * have in memory, nor what workers have cached, is used again.
   */
  default HarnessNodes renewed() {
    return this;
  }

  /**
   * Who merges the windows of a strategy in a lane, where only an SDK can.
   *
   * @param windowingStrategyId the strategy of the SDK, in the graph's components
   * @param windowCoder of its windows, as the runner knows them
   * @param lane the number of the lane, from 0
   * @param space where it may keep what goes back and forth
   */
  default WindowMerger merger(
      String windowingStrategyId, Coder<BoundedWindow> windowCoder, int lane, SpillSpace space) {
    throw new IllegalArgumentException(
        "the windows of " + windowingStrategyId + " are merged by an SDK, and none is there");
  }
}
