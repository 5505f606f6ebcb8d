package dev.tidemark.translation.fuse;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/** Computes what is known of a stage as a whole. */
final class StageFacts {
  private StageFacts() {}

  /**
   * The facts of a stage.
   *
   * @param nodes its nodes in topological order
   * @param keyed all nodes of the graph that keep state or timers by key
   */
  static Stage.Facts of(List<Node> nodes, Set<NodeId> keyed) {
    return new Stage.Facts(
        nodes.stream().anyMatch(Node::isSource),
        nodes.stream()
            .anyMatch(
                node -> node.operation() instanceof Operation.ParDo parDo && parDo.stateful()),
        nodes.stream().map(Node::id).filter(keyed::contains).findFirst().orElse(null),
        nodes.stream()
            .map(StageFacts::processing)
            .anyMatch(payload -> payload != null && payload.getRequestsFinalization()));
  }

  /** The payload of the node if it processes elements with a user's function, else null. */
  private static RunnerApi.@Nullable ParDoPayload processing(Node node) {
    if (node.operation() instanceof Operation.ParDo parDo) {
      return parDo.payload();
    }
    return node.operation() instanceof Operation.ProcessSizedElements elements
        ? elements.payload()
        : null;
  }
}
