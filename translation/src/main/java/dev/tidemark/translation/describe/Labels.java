package dev.tidemark.translation.describe;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Short words for the parts of one graph.
 *
 * <p>Immutable.
 */
final class Labels {
  private final StageGraph graph;
  private final Map<NodeId, Integer> stageNumbers = new HashMap<>();

  Labels(StageGraph graph) {
    this.graph = graph;
    for (int i = 0; i < graph.stages().size(); i++) {
      for (Node node : graph.stages().get(i).nodes()) {
        stageNumbers.put(node.id(), i + 1);
      }
    }
  }

  static boolean isMain(Edge edge) {
    return edge.kind() != Edge.Kind.BROADCAST;
  }

  static boolean isBroadcastFirst(List<Edge> edges) {
    return !edges.isEmpty() && !isMain(edges.get(0));
  }

  /** Where the stage runs and what is special about it. */
  String facts(Stage stage) {
    List<String> words = new ArrayList<>();
    if (stage.kind() instanceof Stage.Kind.Harness harness) {
      words.add("harness(" + harness.environmentId() + ")");
    } else {
      words.add("embedded");
    }
    Stage.Facts facts = stage.facts();
    if (facts.hasSource()) {
      words.add("source");
    }
    if (facts.stateful()) {
      words.add("stateful");
    }
    if (facts.keyed() != null) {
      words.add("keyed by \"" + facts.keyed() + "\"");
    }
    if (facts.finalizesBundles()) {
      words.add("finalizes bundles");
    }
    return String.join(", ", words);
  }

  /** The kind of an operation and what is declared for it. */
  static String operation(Node node) {
    Operation operation = node.operation();
    String name = operation.getClass().getSimpleName();
    List<String> details = new ArrayList<>();
    if (operation instanceof Operation.ParDo parDo) {
      parDo.cells().forEach(cell -> details.add("state " + cell.id()));
      parDo.timerFamilies().forEach(timer -> details.add("timer " + timer.id()));
      if (parDo.payload().getRequiresTimeSortedInput()) {
        details.add("time sorted");
      }
    } else if (operation instanceof Operation.ProcessSizedElements elements) {
      details.add(elements.bounded() ? "bounded" : "unbounded");
    } else if (operation instanceof Operation.CombinePerKey combine && combine.lifted()) {
      details.add("lifted");
    } else if (operation instanceof Operation.Redistribute redistribute) {
      details.add(redistribute.byKey() ? "by key" : "arbitrarily");
      if (redistribute.allowDuplicates()) {
        details.add("duplicates allowed");
      }
    } else if (operation instanceof Operation.WithShardedKey sharding) {
      details.add(sharding.shards() + " shards");
    }
    return details.isEmpty() ? name : name + "(" + String.join(", ", details) + ")";
  }

  /** How an edge reaches a stage, and what flows. */
  String edge(Edge edge, Stage stage) {
    boolean inner = stage.nodes().stream().anyMatch(node -> node.id().equals(edge.producer()));
    String from = inner ? "" : " from stage " + stageNumbers.get(edge.producer());
    String kind = edge.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return (edge.durable() ? "durable " : "")
        + kind
        + from
        + " \""
        + graph.collection(edge.collection()).name()
        + "\"";
  }

  /** A collection with its coder and windowing. */
  String collection(CollectionId id) {
    CollectionSpec collection = graph.collection(id);
    RunnerApi.WindowingStrategy windowing =
        graph.components().getWindowingStrategiesOrThrow(collection.windowingStrategyId());
    return "\""
        + collection.name()
        + "\" "
        + coder(collection.coderId())
        + " in "
        + shortUrn(windowing.getWindowFn().getUrn())
        + ", "
        + trigger(windowing.getTrigger())
        + (collection.bounded() ? "" : ", unbounded");
  }

  private String coder(String id) {
    RunnerApi.Coder coder = graph.components().getCodersOrThrow(id);
    String name = shortUrn(coder.getSpec().getUrn());
    return coder.getComponentCoderIdsCount() == 0
        ? name
        : coder.getComponentCoderIdsList().stream()
            .map(this::coder)
            .collect(Collectors.joining(", ", name + "<", ">"));
  }

  private static String trigger(RunnerApi.Trigger trigger) {
    return trigger.getTriggerCase().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " trigger";
  }

  /** The part of a URN that tells one from another: without its family and version. */
  private static String shortUrn(String urn) {
    String[] parts = urn.split(":", -1);
    return parts.length == 4 ? parts[2] : urn;
  }
}
