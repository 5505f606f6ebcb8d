package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.TopologicalOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Connects the nodes of a draft: adds the nodes that materialize side inputs, sorts all nodes and
 * decides how elements get along each edge.
 *
 * <p>Owned by the translation.
 */
final class EdgeWiring {
  private final GraphDraft draft;
  private final Map<CollectionId, Node> producers = new HashMap<>();
  private final Map<Node, List<Node>> viewsOfProducer = new HashMap<>();

  EdgeWiring(GraphDraft draft) {
    this.draft = draft;
  }

  /** The finished graph; reports collections without a maker and cycles. */
  NodeGraph wire() {
    findProducers();
    addViews();
    List<Node> nodes = sort();
    Keyings keyings = new Keyings(draft.components());
    List<Edge> edges = new ArrayList<>();
    Map<CollectionId, CollectionSpec> collections = new LinkedHashMap<>();
    for (Node node : nodes) {
      addInputs(node, keyings, edges);
      addSideInputs(node, edges);
      keyings.add(node);
      node.outputs().values().forEach(id -> collections.put(id, draft.collection(id)));
    }
    return new NodeGraph(nodes, edges, keyings.keyedNodes(), collections, draft.builtComponents());
  }

  private void findProducers() {
    for (Node node : draft.nodes()) {
      for (CollectionId output : node.outputs().values()) {
        Node other = producers.putIfAbsent(output, node);
        if (other != null && !other.id().equals(node.id())) {
          draft
              .problems()
              .report(
                  node.transform(),
                  "its output \""
                      + draft.collection(output).name()
                      + "\" is made by \""
                      + other.fullName()
                      + "\" too");
        }
      }
    }
    for (Node node : draft.nodes()) {
      node.inputs().forEach(input -> requireProducer(node, input));
      node.sideInputs().forEach(sideInput -> requireProducer(node, sideInput.collection()));
    }
  }

  private void requireProducer(Node node, CollectionId input) {
    if (!producers.containsKey(input)) {
      draft
          .problems()
          .report(
              node.transform(),
              "no transform makes its input \"" + draft.collection(input).name() + "\"");
    }
  }

  private void addViews() {
    Set<CollectionId> shown = new LinkedHashSet<>();
    for (Node node : draft.nodes()) {
      node.sideInputs().forEach(sideInput -> shown.add(sideInput.collection()));
    }
    for (CollectionId collection : shown) {
      Node producer = producers.get(collection);
      if (producer != null) {
        List<Node> view = new ViewChain(draft, producer).of(collection);
        view.forEach(
            node -> {
              draft.add(node);
              node.outputs().values().forEach(output -> producers.put(output, node));
            });
        viewsOfProducer.computeIfAbsent(producer, p -> new ArrayList<>()).addAll(view);
      }
    }
  }

  private List<Node> sort() {
    List<Node> nodes = viewsBehindTheirProducers();
    Map<NodeId, Node> byId = new HashMap<>();
    nodes.forEach(node -> byId.put(node.id(), node));
    Map<Node, Set<Node>> dependencies = new HashMap<>();
    for (Node node : nodes) {
      Set<Node> before = new LinkedHashSet<>();
      for (CollectionId input : node.inputs()) {
        Node producer = producers.get(input);
        if (producer != null) {
          before.add(producer);
        }
      }
      for (SideInputSpec sideInput : node.sideInputs()) {
        Node view = byId.get(sideInput.view());
        if (view != null) {
          before.add(view);
        }
      }
      dependencies.put(node, before);
    }
    TopologicalOrder<Node> order = TopologicalOrder.of(nodes, dependencies);
    for (Node node : order.remaining()) {
      draft
          .problems()
          .report(node.transform(), "it stands on a cycle, or behind one: it feeds itself");
    }
    return order.sorted();
  }

  /** Early, so that what is needed by many is not the last thing that is made. */
  private List<Node> viewsBehindTheirProducers() {
    Set<Node> views = new HashSet<>();
    viewsOfProducer.values().forEach(views::addAll);
    return draft.nodes().stream()
        .filter(node -> !views.contains(node))
        .flatMap(
            node ->
                Stream.concat(
                    Stream.of(node), viewsOfProducer.getOrDefault(node, List.of()).stream()))
        .toList();
  }

  private void addInputs(Node node, Keyings keyings, List<Edge> edges) {
    for (int i = 0; i < node.inputs().size(); i++) {
      CollectionId input = node.inputs().get(i);
      Node producer = producers.get(input);
      if (producer != null) {
        edges.add(
            new Edge(
                input,
                producer.id(),
                node.id(),
                i,
                kind(node, input, keyings),
                requiresStableInput(node.operation())));
      }
    }
  }

  private static void addSideInputs(Node node, List<Edge> edges) {
    for (int i = 0; i < node.sideInputs().size(); i++) {
      SideInputSpec sideInput = node.sideInputs().get(i);
      edges.add(
          new Edge(
              sideInput.collection(), sideInput.view(), node.id(), i, Edge.Kind.BROADCAST, false));
    }
  }

  private static boolean requiresStableInput(Operation operation) {
    return (operation instanceof Operation.ParDo parDo && parDo.payload().getRequiresStableInput())
        || (operation instanceof Operation.ProcessSizedElements splittable
            && splittable.payload().getRequiresStableInput());
  }

  private static Edge.Kind kind(Node consumer, CollectionId input, Keyings keyings) {
    Operation operation = consumer.operation();
    if (operation instanceof Operation.GroupByKey || operation instanceof Operation.CombinePerKey) {
      return Edge.Kind.EXCHANGE_BY_KEY;
    }
    if (operation instanceof Operation.Redistribute redistribute) {
      return redistribute.byKey() ? Edge.Kind.EXCHANGE_BY_KEY : Edge.Kind.EXCHANGE_ANY;
    }
    if (operation instanceof Operation.ProcessSizedElements) {
      // The initial splits of one element are to be processed in all lanes.
      return Edge.Kind.EXCHANGE_ANY;
    }
    if (operation instanceof Operation.ParDo parDo && parDo.stateful() && !keyings.isKept(input)) {
      return Edge.Kind.EXCHANGE_BY_KEY;
    }
    return Edge.Kind.FORWARD;
  }
}
