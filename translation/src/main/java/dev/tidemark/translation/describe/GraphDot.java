package dev.tidemark.translation.describe;

import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A stage graph in Graphviz' dot language: a box for each stage, in it its nodes; exchanges are
 * bold, broadcasts dashed.
 */
public final class GraphDot {
  private final StageGraph graph;
  private final Labels labels;
  private final Map<NodeId, String> names = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  private GraphDot(StageGraph graph) {
    this.graph = graph;
    this.labels = new Labels(graph);
  }

  /** The graph as a {@code digraph}, its lines ended by line feeds. */
  public static String render(StageGraph graph) {
    GraphDot rendering = new GraphDot(graph);
    rendering.line(0, "digraph pipeline {");
    rendering.line(1, "rankdir=LR;");
    rendering.line(1, "node [shape=box, fontname=\"sans-serif\"];");
    for (int i = 0; i < graph.stages().size(); i++) {
      rendering.stage(i + 1, graph.stages().get(i));
    }
    for (Stage stage : graph.stages()) {
      stage.innerEdges().forEach(rendering::edge);
      stage.incoming().forEach(rendering::edge);
    }
    rendering.line(0, "}");
    return rendering.text.toString();
  }

  private void stage(int number, Stage stage) {
    line(1, "subgraph cluster_" + number + " {");
    line(2, "label=" + quoted("stage " + number + ": " + labels.facts(stage)) + ";");
    for (Node node : stage.nodes()) {
      String name = "n" + names.size();
      names.put(node.id(), name);
      line(2, name + " [label=" + quoted(content(node)) + "];");
    }
    line(1, "}");
  }

  private static String content(Node node) {
    return node.operation() instanceof Operation.Harness harness
        ? harness.parts().stream().map(GraphDot::content).collect(Collectors.joining("\n"))
        : Labels.operation(node) + "\n" + node.id().value();
  }

  private void edge(Edge edge) {
    String style =
        switch (edge.kind()) {
          case FORWARD -> "";
          case EXCHANGE_BY_KEY, EXCHANGE_ANY -> ", style=bold";
          case BROADCAST -> ", style=dashed";
        };
    String kind =
        edge.kind() == Edge.Kind.FORWARD
            ? ""
            : edge.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    line(
        1,
        names.get(edge.producer())
            + " -> "
            + names.get(edge.consumer())
            + " [label="
            + quoted(kind)
            + ", tooltip="
            + quoted(graph.collection(edge.collection()).name())
            + style
            + "];");
  }

  private static String quoted(String content) {
    return "\"" + content.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private void line(int indent, String content) {
    text.append("  ".repeat(indent)).append(content).append('\n');
  }
}
