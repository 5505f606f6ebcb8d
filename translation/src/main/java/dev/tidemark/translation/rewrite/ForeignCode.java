package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.wire.Windowings;

/**
 * Sees to it that nothing of a pipeline that came from elsewhere is run, or so much as
 * deserialized, in this JVM.
 */
final class ForeignCode {
  private ForeignCode() {}

  /** Reports each node with a function that no harness would run. */
  static void check(GraphDraft draft) {
    for (Node node : draft.nodes()) {
      if (holdsCode(node.operation()) && !draft.runsInHarness(node)) {
        draft
            .problems()
            .report(
                node.transform(), "it has a function, but names no environment that is to run it");
      }
    }
  }

  private static boolean holdsCode(Operation operation) {
    return operation instanceof Operation.WindowInto windowInto
        ? Windowings.isOpaque(windowInto.payload().getWindowFn(), true)
        : operation instanceof Operation.ParDo
            || operation instanceof Operation.PairWithRestriction
            || operation instanceof Operation.SplitAndSizeRestrictions
            || operation instanceof Operation.ProcessSizedElements
            || operation instanceof Operation.PartialCombine
            || operation instanceof Operation.ConvertToAccumulators
            || operation instanceof Operation.MergeAccumulators
            || operation instanceof Operation.ExtractOutputs
            || operation instanceof Operation.CombinePerKey
            || operation instanceof Operation.CombineGroupedValues
            || operation instanceof Operation.BoundedRead
            || operation instanceof Operation.UnboundedRead;
  }
}
