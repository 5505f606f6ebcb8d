package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds for every stage graph. */
public final class Invariants {
  private Invariants() {}

  /** Fails unless {@code graph} is well formed. */
  public static void check(StageGraph graph) {
    Map<NodeId, Node> seen = new HashMap<>();
    Set<CollectionId> made = new HashSet<>();
    for (Stage stage : graph.stages()) {
      assertThat(stage.nodes()).isNotEmpty();
      assertThat(stage.id().value()).isEqualTo(stage.nodes().get(0).id().value());
      Set<NodeId> before = Set.copyOf(seen.keySet());
      for (Node node : stage.nodes()) {
        checkInputs(stage, node, seen, before);
        assertThat(seen.put(node.id(), node)).as("%s in one stage only", node.id()).isNull();
        for (CollectionId output : node.outputs().values()) {
          assertThat(graph.collection(output).id()).isEqualTo(output);
          made.add(output);
        }
      }
      if (stage.kind() instanceof Stage.Kind.Harness) {
        checkHarness(stage);
      }
    }
    assertThat(graph.collections().keySet()).isEqualTo(made);
  }

  private static void checkInputs(
      Stage stage, Node node, Map<NodeId, Node> seen, Set<NodeId> before) {
    int mains = 0;
    int sides = 0;
    for (Edge edge : stage.innerEdges()) {
      if (edge.consumer().equals(node.id())) {
        assertThat(edge.kind()).isEqualTo(Edge.Kind.FORWARD);
        assertThat(seen).containsKey(edge.producer());
        assertThat(before).doesNotContain(edge.producer());
        assertThat(node.inputs().get(edge.input())).isEqualTo(edge.collection());
        mains++;
      }
    }
    for (Edge edge : stage.incoming()) {
      if (edge.consumer().equals(node.id())) {
        assertThat(before).as("stages before that of %s", node.id()).contains(edge.producer());
        if (edge.kind() == Edge.Kind.BROADCAST) {
          assertThat(node.sideInputs().get(edge.input()).view()).isEqualTo(edge.producer());
          sides++;
        } else {
          assertThat(node.inputs().get(edge.input())).isEqualTo(edge.collection());
          mains++;
        }
      }
    }
    assertThat(mains).as("main inputs of %s", node.id()).isEqualTo(node.inputs().size());
    assertThat(sides).as("side inputs of %s", node.id()).isEqualTo(node.sideInputs().size());
  }

  private static void checkHarness(Stage stage) {
    List<Edge> roots =
        stage.incoming().stream().filter(edge -> edge.kind() != Edge.Kind.BROADCAST).toList();
    assertThat(roots).as("inputs of %s", stage.id()).hasSize(1);
    assertThat(roots.get(0).consumer()).isEqualTo(stage.nodes().get(0).id());
    for (Node node : stage.nodes().subList(1, stage.nodes().size())) {
      assertThat(node.operation() instanceof Operation.ParDo parDo && parDo.stateful())
          .as("%s keeps state inside of a harness stage", node.id())
          .isFalse();
    }
  }
}
