package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SdkImage;
import dev.tidemark.translation.graph.StageGraph;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.WindowingStrategy;

/** Which of the panes of a window a side input shows, and from when on. */
public enum ShownPanes {
  /** The last one that was fired; the first makes the window ready. */
  LATEST,

  /**
   * All, one after the other: each is but a part of the window. The window is ready when the
   * watermark has passed it, as then the last pane is there that is not late; late ones follow.
   */
  ALL;

  /**
   * What the readers of a side input expect.
   *
   * <p>Beam's model leaves open what discarded panes amount to. Java's runners show the latest. The
   * other SDKs count on all of them where a pane at the end of the window is certain to come: in
   * windows that end, without merging, by a trigger that fires at the watermark and besides early
   * or late. A grouping with one key fires panes that are the whole answer each, see {@link
   * UpstreamPanes}.
   *
   * @param materialize the node that publishes the side input
   */
  static ShownPanes of(Node materialize, Components components) {
    CollectionId groups = materialize.inputs().get(0);
    WindowingStrategy<?, ?> windowing = components.windowing(groups);
    boolean parts =
        windowing.getMode() == WindowingStrategy.AccumulationMode.DISCARDING_FIRED_PANES
            && windowing.getTrigger() instanceof AfterWatermark.AfterWatermarkEarlyAndLate
            && !(windowing.getWindowFn() instanceof GlobalWindows)
            && !windowing.needsMerge();
    return parts
            && isReadByOtherSdksOnly(materialize.id(), components.graph())
            && !UpstreamPanes.areVersions(
                components.graph().producer(groups).orElseThrow(), components)
        ? ALL
        : LATEST;
  }

  private static boolean isReadByOtherSdksOnly(NodeId view, StageGraph graph) {
    return graph
        .nodes()
        .filter(node -> node.sideInputs().stream().anyMatch(side -> side.view().equals(view)))
        .allMatch(reader -> !isJava(reader, graph));
  }

  private static boolean isJava(Node reader, StageGraph graph) {
    return !(reader.operation() instanceof Operation.Harness harness)
        || SdkImage.isJava(graph.components().getEnvironmentsOrThrow(harness.environmentId()));
  }
}
