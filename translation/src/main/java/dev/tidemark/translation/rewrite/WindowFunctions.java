package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.wire.Windowings;
import java.util.HashSet;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/** Looks at the window functions that a pipeline uses. */
final class WindowFunctions {
  private WindowFunctions() {}

  /** Reports those that cannot be honoured, with the first transform that makes such windows. */
  static void check(GraphDraft draft) {
    Set<RunnerApi.WindowingStrategy> seen = new HashSet<>();
    for (Node node : draft.nodes()) {
      for (CollectionId output : node.outputs().values()) {
        RunnerApi.WindowingStrategy windowing = draft.windowing(output);
        if (seen.add(windowing)) {
          check(draft, node, windowing);
        }
      }
      node.sideInputs().forEach(side -> check(draft, node, side));
    }
  }

  /** In which window of another collection an element falls, only the SDK could say. */
  private static void check(GraphDraft draft, Node node, SideInputSpec side) {
    RunnerApi.FunctionSpec windowFn = draft.windowing(side.collection()).getWindowFn();
    if (!Windowings.isOpaque(windowFn, draft.foreign())) {
      return;
    }
    if (draft.windowing(side.collection()).getMergeStatus()
        == RunnerApi.MergeStatus.Enum.NEEDS_MERGE) {
      report(draft, node, side, " merge", "give the side input windows that do not");
    } else if (!windowFn.equals(draft.windowing(node.inputs().get(0)).getWindowFn())) {
      report(
          draft,
          node,
          side,
          " are not those of the main input, and made by a function of an SDK",
          "give its main input the same windows, or the side input one of Beam's own");
    }
  }

  private static void report(
      GraphDraft draft, Node node, SideInputSpec side, String problem, String advice) {
    String urn = draft.windowing(side.collection()).getWindowFn().getUrn();
    draft
        .problems()
        .report(
            node.transform(),
            "the windows of its side input \"%s\"%s (%s); %s"
                .formatted(side.tag(), problem, urn, advice));
  }

  private static void check(GraphDraft draft, Node node, RunnerApi.WindowingStrategy windowing) {
    String urn = windowing.getWindowFn().getUrn();
    if (Windowings.isOpaque(windowing.getWindowFn(), draft.foreign())) {
      switch (windowing.getMergeStatus()) {
        case NON_MERGING, ALREADY_MERGED -> {}
        case NEEDS_MERGE -> {
          if (!draft.hasHarness(windowing.getEnvironmentId())) {
            draft
                .problems()
                .report(
                    node.transform(),
                    "its windows are merged by a function of an SDK ("
                        + urn
                        + ") whose environment is missing or has no harness; use session windows,"
                        + " or windows that do not merge");
          }
        }
        default ->
            draft
                .problems()
                .report(
                    node.transform(),
                    "its window function (" + urn + ") does not say whether its windows merge");
      }
    } else if (Windowings.isStandard(windowing.getWindowFn())) {
      try {
        WindowingStrategyTranslation.windowFnFromProto(windowing.getWindowFn());
      } catch (RuntimeException e) {
        draft
            .problems()
            .report(node.transform(), "its window function (" + urn + ") cannot be read: " + e);
      }
    }
  }
}
