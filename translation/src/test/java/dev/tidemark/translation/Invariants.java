package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;

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
        for (CollectionId output : outputs(node)) {
          assertThat(graph.collection(output).id()).isEqualTo(output);
          made.add(output);
        }
      }
      if (stage.kind() instanceof Stage.Kind.Harness kind) {
        checkHarness(stage, kind);
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

  private static Set<CollectionId> outputs(Node node) {
    Set<CollectionId> outputs = new HashSet<>(node.outputs().values());
    if (node.operation() instanceof Operation.Harness harness) {
      harness.parts().forEach(part -> outputs.addAll(part.outputs().values()));
      assertThat(outputs).as("outputs of %s", node.id()).hasSize(inside(harness).size());
    }
    return outputs;
  }

  private static Set<CollectionId> inside(Operation.Harness harness) {
    Set<CollectionId> inside = new HashSet<>();
    harness.parts().forEach(part -> inside.addAll(part.outputs().values()));
    return inside;
  }

  private static void checkHarness(Stage stage, Stage.Kind.Harness kind) {
    List<Edge> roots =
        stage.incoming().stream().filter(edge -> edge.kind() != Edge.Kind.BROADCAST).toList();
    assertThat(roots).as("inputs of %s", stage.id()).hasSize(1);
    assertThat(roots.get(0).consumer()).isEqualTo(stage.nodes().get(0).id());
    List<Node> parts = stage.nodes();
    if (parts.get(0).operation() instanceof Operation.Harness harness) {
      assertThat(stage.nodes()).hasSize(1);
      assertThat(harness.environmentId()).isEqualTo(kind.environmentId());
      checkParts(stage.nodes().get(0), harness);
      parts = harness.parts();
    }
    for (Node node : parts.subList(1, parts.size())) {
      assertThat(node.operation().needsKeys())
          .as("%s keeps state inside of a harness stage", node.id())
          .isFalse();
      assertThat(node.operation()).isNotInstanceOf(Operation.ProcessSizedElements.class);
    }
  }

  private static void checkParts(Node node, Operation.Harness harness) {
    assertThat(node.id()).isEqualTo(harness.root().id());
    assertThat(node.inputs()).isEqualTo(harness.root().inputs());
    Set<CollectionId> made = new HashSet<>(node.inputs());
    List<String> sideInputs = new ArrayList<>();
    for (Node part : harness.parts()) {
      assertThat(made).as("made before %s", part.id()).containsAll(part.inputs());
      made.addAll(part.outputs().values());
      part.sideInputs().forEach(side -> sideInputs.add(part.id() + "/" + side.tag()));
    }
    assertThat(node.sideInputs()).extracting(SideInputSpec::tag).isEqualTo(sideInputs);
    assertThat(inside(harness)).containsAll(node.outputs().values());
    node.outputs().forEach((tag, output) -> assertThat(tag).isEqualTo(output.value()));
  }
}
