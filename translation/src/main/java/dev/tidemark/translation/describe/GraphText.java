package dev.tidemark.translation.describe;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A stage graph as indented text: the stages in order, in each its nodes, and for each node where
 * its elements come from and what it makes.
 */
public final class GraphText {
  private final StageGraph graph;
  private final Labels labels;
  private final StringBuilder text = new StringBuilder();

  private GraphText(StageGraph graph) {
    this.graph = graph;
    this.labels = new Labels(graph);
  }

  /** The graph as lines, each ended by a line feed. */
  public static String render(StageGraph graph) {
    GraphText rendering = new GraphText(graph);
    for (int i = 0; i < graph.stages().size(); i++) {
      rendering.stage(i + 1, graph.stages().get(i));
    }
    return rendering.text.toString();
  }

  private void stage(int number, Stage stage) {
    line(0, "stage " + number + " " + labels.facts(stage));
    for (Node node : stage.nodes()) {
      line(1, Labels.operation(node) + " \"" + node.id() + "\"");
      for (Edge edge : edgesInto(stage, node.id(), Labels::isMain)) {
        line(2, "in   " + labels.edge(edge, stage));
      }
      for (Edge edge : edgesInto(stage, node.id(), edge -> !Labels.isMain(edge))) {
        line(2, "side " + labels.edge(edge, stage));
      }
      node.outputs().values().stream()
          .sorted(Comparator.comparing((CollectionId id) -> graph.collection(id).name()))
          .forEach(output -> line(2, "out  " + labels.collection(output)));
      if (node.operation() instanceof Operation.Harness harness) {
        harness
            .parts()
            .forEach(part -> line(2, "part " + Labels.operation(part) + " \"" + part.id() + "\""));
      }
    }
  }

  private List<Edge> edgesInto(Stage stage, NodeId node, Predicate<Edge> chosen) {
    List<Edge> edges = new ArrayList<>();
    edges.addAll(stage.innerEdges());
    edges.addAll(stage.incoming());
    edges.removeIf(edge -> !edge.consumer().equals(node) || !chosen.test(edge));
    // Side inputs are listed by name, as their tags may be generated.
    edges.sort(
        Labels.isBroadcastFirst(edges)
            ? Comparator.comparing(edge -> graph.collection(edge.collection()).name())
            : Comparator.comparingInt(Edge::input));
    return edges;
  }

  private void line(int indent, String content) {
    text.append("  ".repeat(indent)).append(content).append('\n');
  }
}
