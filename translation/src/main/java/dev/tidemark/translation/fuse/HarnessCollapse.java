package dev.tidemark.translation.fuse;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one node of each stage that runs in an SDK harness, as {@link Operation.Harness} says: a
 * host sees nothing of what flows inside a harness.
 *
 * <p>Owned by the fuser.
 */
final class HarnessCollapse {
  private final StageGraph graph;
  private final Set<CollectionId> crossing = new HashSet<>();
  private final Map<NodeId, NodeId> roots = new HashMap<>();
  private final Map<NodeId, Integer> firstSideInputs = new HashMap<>();

  private HarnessCollapse(StageGraph graph) {
    this.graph = graph;
  }

  /** The graph with one node in each of its harness stages. */
  static StageGraph collapse(StageGraph graph) {
    HarnessCollapse collapse = new HarnessCollapse(graph);
    graph.stages().forEach(collapse::look);
    return new StageGraph(
        graph.stages().stream().map(collapse::stage).toList(),
        graph.collections(),
        graph.components());
  }

  private void look(Stage stage) {
    stage.incoming().stream()
        .filter(edge -> edge.kind() != Edge.Kind.BROADCAST)
        .forEach(edge -> crossing.add(edge.collection()));
    if (stage.kind() instanceof Stage.Kind.Harness) {
      int sideInputs = 0;
      for (Node part : stage.nodes()) {
        roots.put(part.id(), stage.nodes().get(0).id());
        firstSideInputs.put(part.id(), sideInputs);
        sideInputs += part.sideInputs().size();
      }
    }
  }

  private Stage stage(Stage stage) {
    List<Edge> incoming = stage.incoming().stream().map(this::edge).toList();
    return stage.kind() instanceof Stage.Kind.Harness harness
        ? new Stage(
            stage.id(),
            stage.kind(),
            List.of(node(stage.nodes(), harness.environmentId())),
            List.of(),
            incoming,
            stage.facts())
        : new Stage(
            stage.id(), stage.kind(), stage.nodes(), stage.innerEdges(), incoming, stage.facts());
  }

  private Node node(List<Node> parts, String environmentId) {
    Node root = parts.get(0);
    Map<String, CollectionId> outputs = new LinkedHashMap<>();
    List<SideInputSpec> sideInputs = new ArrayList<>();
    for (Node part : parts) {
      part.outputs().values().stream()
          .filter(crossing::contains)
          .forEach(output -> outputs.put(output.value(), output));
      for (SideInputSpec side : part.sideInputs()) {
        sideInputs.add(
            new SideInputSpec(
                Operation.Harness.sideInputTag(part.id(), side.tag()),
                side.collection(),
                side.view(),
                side.spec()));
      }
    }
    return new Node(
        root.id(),
        new Operation.Harness(environmentId, parts),
        root.inputs(),
        outputs,
        sideInputs,
        root.transform(),
        environmentId);
  }

  private Edge edge(Edge edge) {
    int input = edge.input();
    if (edge.kind() == Edge.Kind.BROADCAST) {
      input += firstSideInputs.getOrDefault(edge.consumer(), 0);
    }
    return new Edge(
        edge.collection(),
        roots.getOrDefault(edge.producer(), edge.producer()),
        roots.getOrDefault(edge.consumer(), edge.consumer()),
        input,
        edge.kind(),
        edge.durable());
  }
}
