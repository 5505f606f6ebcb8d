package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import java.util.Map;

/**
 * Makes the nodes that turn a collection into a side input: it is grouped as a whole, so that its
 * windowing strategy and trigger decide when it shows what, and the panes are published.
 *
 * <p>Owned by the translation.
 */
final class ViewChain {
  private static final String OUTPUT = "out";

  private final GraphDraft draft;
  private final Node producer;

  /** Makes views of a collection that {@code producer} makes. */
  ViewChain(GraphDraft draft, Node producer) {
    this.draft = draft;
    this.producer = producer;
  }

  /** The nodes in topological order; the last one is the one that readers name. */
  List<Node> of(CollectionId collection) {
    String name = SideInputTranslator.viewOf(draft, collection).value();
    String elements = draft.collection(collection).coderId();
    String key = draft.addCoder(name + ".key", Coders.bytes());
    CollectionId keyed =
        draft.addCollection(
            name + ".keyed", draft.addCoder(name + ".keyed", Coders.kv(key, elements)), collection);
    String iterable = draft.addCoder(name + ".elements", Coders.iterable(elements));
    CollectionId grouped =
        draft.addCollection(
            name + ".grouped",
            draft.addCoder(name + ".grouped", Coders.kv(key, iterable)),
            collection);
    return List.of(
        node(name + "/WithEmptyKey", new Operation.WithEmptyKey(), collection, keyed),
        node(name + "/GroupByKey", new Operation.GroupByKey(), keyed, grouped),
        new Node(
            new NodeId(name),
            new Operation.Materialize(),
            List.of(grouped),
            Map.of(),
            List.of(),
            producer.transform(),
            null));
  }

  private Node node(String name, Operation operation, CollectionId input, CollectionId output) {
    return new Node(
        new NodeId(name),
        operation,
        List.of(input),
        Map.of(OUTPUT, output),
        List.of(),
        producer.transform(),
        null);
  }
}
