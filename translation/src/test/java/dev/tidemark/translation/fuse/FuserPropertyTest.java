package dev.tidemark.translation.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.Invariants;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Random graphs come out of the fuser well formed, complete and fused as far as the rules allow.
 */
class FuserPropertyTest {

  @Property(tries = 500)
  void stagesAreWellFormed(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    NodeGraph graph = RandomGraphs.of(seed, size);
    StageGraph stages = fuse(graph);
    Invariants.check(stages);
    assertThat(stages.stages().stream().flatMap(stage -> stage.nodes().stream()))
        .containsExactlyInAnyOrderElementsOf(graph.nodes());
    List<Edge> edges = new ArrayList<>();
    stages.stages().forEach(stage -> edges.addAll(stage.innerEdges()));
    stages.stages().forEach(stage -> edges.addAll(stage.incoming()));
    assertThat(edges).containsExactlyInAnyOrderElementsOf(graph.edges());
  }

  @Property(tries = 500)
  void stagesShareAPlaceAndAKeying(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    NodeGraph graph = RandomGraphs.of(seed, size);
    for (Stage stage : fuse(graph).stages()) {
      Set<NodeId> keyings = new HashSet<>();
      for (Node node : stage.nodes()) {
        assertThat(kind(node)).isEqualTo(stage.kind());
        if (graph.keyings().containsKey(node.id())) {
          keyings.add(graph.keyings().get(node.id()));
        }
      }
      assertThat(keyings).hasSizeLessThanOrEqualTo(1);
      assertThat(stage.facts().keyed() != null).isEqualTo(!keyings.isEmpty());
    }
  }

  @Property(tries = 500)
  void noEdgeIsLeftThatCouldBeFused(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int size) {
    NodeGraph graph = RandomGraphs.of(seed, size);
    List<Stage> stages = fuse(graph).stages();
    Map<NodeId, Integer> stageOf = new HashMap<>();
    for (int i = 0; i < stages.size(); i++) {
      for (Node node : stages.get(i).nodes()) {
        stageOf.put(node.id(), i);
      }
    }
    Map<NodeId, Node> nodes =
        graph.nodes().stream().collect(Collectors.toMap(Node::id, node -> node));
    for (Edge edge : graph.edges()) {
      int producer = get(stageOf, edge.producer());
      int consumer = get(stageOf, edge.consumer());
      if (producer != consumer && mayFuse(edge, nodes)) {
        NodeId before = stages.get(producer).facts().keyed();
        NodeId after = stages.get(consumer).facts().keyed();
        boolean otherKeying =
            before != null
                && after != null
                && !get(graph.keyings(), before).equals(get(graph.keyings(), after));
        assertThat(otherKeying || otherPath(graph, stageOf, nodes, producer, consumer))
            .as("%s crosses from stage %d to %d for a reason", edge, producer, consumer)
            .isTrue();
      }
    }
  }

  @Property(tries = 200)
  void fusionIsDeterministic(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    assertThat(fuse(RandomGraphs.of(seed, size))).isEqualTo(fuse(RandomGraphs.of(seed, size)));
  }

  @Property(tries = 500)
  void harnessStagesBecomeOneNode(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
    NodeGraph graph = RandomGraphs.of(seed, size);
    StageGraph stages = fuse(graph);
    StageGraph collapsed = new Fuser(RandomGraphs.ENVIRONMENTS).fuse(graph);
    Invariants.check(collapsed);
    for (int i = 0; i < stages.stages().size(); i++) {
      Stage before = stages.stages().get(i);
      Stage after = collapsed.stages().get(i);
      assertThat(after.id()).isEqualTo(before.id());
      assertThat(after.facts()).isEqualTo(before.facts());
      assertThat(after.incoming())
          .extracting(Edge::collection)
          .isEqualTo(before.incoming().stream().map(Edge::collection).toList());
      if (after.nodes().get(0).operation() instanceof Operation.Harness harness) {
        assertThat(harness.parts()).isEqualTo(before.nodes());
      } else {
        assertThat(after.nodes()).isEqualTo(before.nodes());
        assertThat(after.innerEdges()).isEqualTo(before.innerEdges());
      }
    }
    for (Stage stage : collapsed.stages()) {
      for (Edge edge : stage.incoming()) {
        assertThat(
                producer(collapsed, edge).operation() instanceof Operation.Materialize
                    || producer(collapsed, edge).outputs().containsValue(edge.collection()))
            .as("%s is an output of its producer", edge)
            .isTrue();
      }
    }
  }

  private static Node producer(StageGraph graph, Edge edge) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .filter(node -> node.id().equals(edge.producer()))
        .findFirst()
        .orElseThrow();
  }

  private static StageGraph fuse(NodeGraph graph) {
    return new Fuser(RandomGraphs.ENVIRONMENTS).stages(graph);
  }

  private static Stage.Kind kind(Node node) {
    String environment = node.environmentId();
    return environment == null || environment.equals("java")
        ? new Stage.Kind.Embedded()
        : new Stage.Kind.Harness(environment);
  }

  private static boolean mayFuse(Edge edge, Map<NodeId, Node> nodes) {
    Node consumer = get(nodes, edge.consumer());
    return edge.kind() == Edge.Kind.FORWARD
        && !edge.durable()
        && kind(get(nodes, edge.producer())).equals(kind(consumer))
        && !(consumer.operation() instanceof Operation.ParDo parDo
            && parDo.stateful()
            && kind(consumer) instanceof Stage.Kind.Harness);
  }

  /** Whether stages, or edges that must not be inside of one, lie between the two. */
  private static boolean otherPath(
      NodeGraph graph, Map<NodeId, Integer> stageOf, Map<NodeId, Node> nodes, int from, int to) {
    Set<Integer> reached = new HashSet<>(Set.of(from));
    // Stages are in topological order, so edges sorted by consumer need one pass only.
    List<Edge> edges = new ArrayList<>(graph.edges());
    edges.sort(Comparator.comparingInt(edge -> get(stageOf, edge.consumer())));
    for (Edge edge : edges) {
      int producer = get(stageOf, edge.producer());
      int consumer = get(stageOf, edge.consumer());
      if (producer == consumer || !reached.contains(producer)) {
        continue;
      }
      if (consumer == to && (producer != from || !mayFuse(edge, nodes))) {
        return true;
      }
      if (consumer != to) {
        reached.add(consumer);
      }
    }
    return false;
  }

  private static <K, V> V get(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }
}
