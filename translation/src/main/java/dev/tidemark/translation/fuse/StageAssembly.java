package dev.tidemark.translation.fuse;

import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.graph.StageId;
import dev.tidemark.translation.graph.TopologicalOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Makes sorted stages of groups of nodes.
 *
 * <p>Owned by the fuser.
 */
final class StageAssembly {
  private final NodeGraph graph;
  private final Map<NodeId, Stage.Kind> kinds;

  StageAssembly(NodeGraph graph, Map<NodeId, Stage.Kind> kinds) {
    this.graph = graph;
    this.kinds = kinds;
  }

  StageGraph assemble(List<Set<NodeId>> groups) {
    Map<NodeId, Integer> positions = new HashMap<>();
    graph.nodes().forEach(node -> positions.put(node.id(), positions.size()));
    Map<NodeId, Set<NodeId>> groupOf = new HashMap<>();
    groups.forEach(group -> group.forEach(node -> groupOf.put(node, group)));
    Map<Set<NodeId>, List<Node>> nodes = new HashMap<>();
    graph
        .nodes()
        .forEach(
            node ->
                nodes.computeIfAbsent(get(groupOf, node.id()), key -> new ArrayList<>()).add(node));
    Map<Set<NodeId>, List<Edge>> edges = new HashMap<>();
    Map<Set<NodeId>, Set<Set<NodeId>>> dependencies = new HashMap<>();
    for (Edge edge : graph.edges()) {
      Set<NodeId> consumer = get(groupOf, edge.consumer());
      Set<NodeId> producer = get(groupOf, edge.producer());
      edges.computeIfAbsent(consumer, key -> new ArrayList<>()).add(edge);
      if (producer != consumer) {
        dependencies.computeIfAbsent(consumer, key -> new HashSet<>()).add(producer);
      }
    }
    List<Set<NodeId>> preferred = new ArrayList<>(groups);
    preferred.sort(Comparator.comparingInt(group -> get(positions, get(nodes, group).get(0).id())));
    TopologicalOrder<Set<NodeId>> order = TopologicalOrder.of(preferred, dependencies);
    if (!order.remaining().isEmpty()) {
      throw new IllegalStateException("fusion made a cycle of " + order.remaining());
    }
    List<Stage> stages = new ArrayList<>();
    for (Set<NodeId> group : order.sorted()) {
      stages.add(stage(get(nodes, group), edges.getOrDefault(group, List.of())));
    }
    return new StageGraph(stages, graph.collections(), graph.components());
  }

  private Stage stage(List<Node> nodes, List<Edge> edges) {
    Set<NodeId> members = new HashSet<>();
    nodes.forEach(node -> members.add(node.id()));
    List<Edge> inner = new ArrayList<>();
    List<Edge> incoming = new ArrayList<>();
    for (Edge edge : edges) {
      (members.contains(edge.producer()) ? inner : incoming).add(edge);
    }
    NodeId first = nodes.get(0).id();
    return new Stage(
        new StageId(first.value()),
        get(kinds, first),
        nodes,
        inner,
        incoming,
        StageFacts.of(nodes, graph.keyings().keySet()));
  }

  private static <K, V> V get(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }
}
