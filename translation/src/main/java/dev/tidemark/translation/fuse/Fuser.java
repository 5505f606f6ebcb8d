package dev.tidemark.translation.fuse;

import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fuses nodes to stages. Each node starts as a stage of its own; then producer and consumer are
 * merged over each edge that allows it, in the order of the edges, as long as
 *
 * <ul>
 *   <li>both run in the same place, and a harness stage keeps its one input,
 *   <li>in a harness stage no windows are assigned between that input and one that has side inputs:
 *       their windows must be known before the input is sent,
 *   <li>all keyed nodes of the stage share one keying,
 *   <li>the graph of stages stays acyclic, side inputs counted.
 * </ul>
 *
 * <p>An edge that stays is a crossing edge, in the consumer's {@link Stage#incoming()}.
 *
 * <p>Thread-safe.
 */
public final class Fuser {
  private final EnvironmentPolicy environments;

  /** A fuser that places user functions as {@code environments} says. */
  public Fuser(EnvironmentPolicy environments) {
    this.environments = environments;
  }

  /** The stages of {@code graph}; those that run in a harness have one node each. */
  public StageGraph fuse(NodeGraph graph) {
    return HarnessCollapse.collapse(stages(graph));
  }

  /** The stages of {@code graph} with all their nodes. */
  StageGraph stages(NodeGraph graph) {
    Map<NodeId, Stage.Kind> kinds = new HashMap<>();
    Map<NodeId, Node> nodes = new HashMap<>();
    for (Node node : graph.nodes()) {
      kinds.put(node.id(), kind(node, graph));
      nodes.put(node.id(), node);
    }
    List<Edge> mergeable =
        graph.edges().stream().filter(edge -> isMergeable(edge, nodes, kinds)).toList();
    Grouping grouping = new Grouping(graph, mergeable, kinds);
    boolean merged = true;
    while (merged) {
      merged = false;
      for (Edge edge : mergeable) {
        merged |= grouping.merge(edge);
      }
    }
    return new StageAssembly(graph, kinds).assemble(grouping.groups());
  }

  private Stage.Kind kind(Node node, NodeGraph graph) {
    String environment = node.environmentId();
    return environment == null
        ? new Stage.Kind.Embedded()
        : environments.place(environment, graph.components().getEnvironmentsOrThrow(environment));
  }

  /** Whether the two ends of an edge may be in one stage, for all that can be told from them. */
  private static boolean isMergeable(
      Edge edge, Map<NodeId, Node> nodes, Map<NodeId, Stage.Kind> kinds) {
    Stage.Kind kind = kinds.get(edge.consumer());
    Node consumer = nodes.get(edge.consumer());
    if (edge.kind() != Edge.Kind.FORWARD
        || edge.durable()
        || kind == null
        || consumer == null
        || !kind.equals(kinds.get(edge.producer()))) {
      return false;
    }
    // A harness gets state by the key of its input: a stateful function is the first of its stage.
    return !(kind instanceof Stage.Kind.Harness
        && consumer.operation() instanceof Operation.ParDo parDo
        && parDo.stateful());
  }
}
