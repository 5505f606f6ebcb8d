package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.values.WindowingStrategy;

/** What is known of the panes in which the elements of a side input were fired upstream. */
public final class UpstreamPanes {
  private UpstreamPanes() {}

  /**
   * Whether each pane that was fired upstream is all that the side input should show: it comes from
   * a grouping that has one key only, as that of a global combine, and panes are not accumulated.
   *
   * @param group the node that groups the side input
   */
  public static boolean areVersions(Node group, Components components) {
    CollectionId grouped = group.inputs().get(0);
    if (components.windowing(grouped).getMode()
        != WindowingStrategy.AccumulationMode.DISCARDING_FIRED_PANES) {
      return false;
    }
    Optional<Node> producer = components.graph().producer(grouped);
    while (producer.filter(node -> isElementwise(node)).isPresent()) {
      producer = components.graph().producer(producer.get().inputs().get(0));
    }
    return producer.filter(node -> hasOneKey(node, components)).isPresent();
  }

  /** Whether what a node makes of the elements of a pane comes at once, and in their order. */
  private static boolean isElementwise(Node node) {
    return node.operation() instanceof Operation.WithEmptyKey
        || (node.operation() instanceof Operation.ParDo parDo
            && !parDo.stateful()
            && node.sideInputs().isEmpty());
  }

  private static boolean hasOneKey(Node node, Components components) {
    return (node.operation() instanceof Operation.GroupByKey
            || node.operation() instanceof Operation.CombinePerKey)
        && (Coder<?>) components.coder(node.inputs().get(0)) instanceof KvCoder<?, ?> coder
        && coder.getKeyCoder() instanceof VoidCoder;
  }
}
