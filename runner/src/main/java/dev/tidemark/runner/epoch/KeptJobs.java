package dev.tidemark.runner.epoch;

import dev.tidemark.runner.source.Sources;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which jobs can go on from a store: the others are refused before they lose anything. */
public final class KeptJobs {
  private KeptJobs() {}

  /**
   * Checks a job that is given a store.
   *
   * @throws IllegalArgumentException if something of it would be lost; names what it is
   */
  static void check(StageGraph graph, boolean streaming) {
    String objection = objection(graph, streaming);
    if (objection != null) {
      throw new IllegalArgumentException(objection);
    }
  }

  /**
   * Why a job cannot go on from a store.
   *
   * @param streaming whether it runs under the streaming policy
   * @return null if it can
   */
  public static @Nullable String objection(StageGraph graph, boolean streaming) {
    if (!streaming) {
      return "a batch job cannot keep its state, it would start over: run it without a state"
          + " directory, or with --streaming";
    }
    List<String> refused =
        graph.nodes().filter(KeptJobs::isRefused).map(Node::fullName).distinct().sorted().toList();
    if (!refused.isEmpty()) {
      return "the job cannot keep its state because of the transforms "
          + String.join(", ", refused)
          + ": a TestStream has a clock of its own, which cannot go on from a state directory;"
          + " run the job without one";
    }
    List<String> markless =
        graph.nodes().filter(Sources::hasMarksWithoutCoder).map(Node::fullName).sorted().toList();
    return markless.isEmpty()
        ? null
        : "the job cannot keep its state because the sources "
            + String.join(", ", markless)
            + " have no coder for their checkpoint marks; run the job without a state directory";
  }

  private static boolean isRefused(Node node) {
    return node.operation() instanceof Operation.TestStream;
  }
}
