package dev.tidemark.runner.epoch;

import dev.tidemark.runner.stage.StagePolicy;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;

/** Which jobs can go on from a store: the others are refused before they lose anything. */
final class KeptJobs {
  private KeptJobs() {}

  /**
   * Checks a job that is given a store.
   *
   * @throws IllegalArgumentException if something of it would be lost; names what it is
   */
  static void check(StageGraph graph, StagePolicy policy) {
    if (!policy.streaming()) {
      throw new IllegalArgumentException(
          "a batch job cannot keep its state, it would start over: run it without a state"
              + " directory, or with --streaming");
    }
    List<String> refused =
        graph.nodes().filter(KeptJobs::isRefused).map(Node::fullName).distinct().sorted().toList();
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "the job cannot keep its state because of the transforms "
              + String.join(", ", refused)
              + ": a TestStream, or functions in an SDK harness, cannot go on from a state"
              + " directory; run the job without one");
    }
  }

  private static boolean isRefused(Node node) {
    return node.operation() instanceof Operation.TestStream
        || node.operation() instanceof Operation.Harness;
  }
}
