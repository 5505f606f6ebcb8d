package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has the inputs of a flatten encoded like its output where their coders differ and the runner
 * knows the elements as bytes only: a flatten of one input, in the harness that makes it, does no
 * more than that.
 *
 * <p>Owned by the translation.
 */
final class FlattenRecoding {
  private static final String OUTPUT = "out";

  private final GraphDraft draft;
  private final Map<CollectionId, Node> producers = new HashMap<>();

  private FlattenRecoding(GraphDraft draft) {
    this.draft = draft;
    for (Node node : draft.nodes()) {
      node.outputs().values().forEach(output -> producers.put(output, node));
    }
  }

  /** Adds what is needed to {@code draft}, which has all its nodes but those of views. */
  static void apply(GraphDraft draft) {
    FlattenRecoding recoding = new FlattenRecoding(draft);
    for (Node node : draft.nodes()) {
      if (node.operation() instanceof Operation.Flatten) {
        recoding.recodeInputs(node);
      }
    }
  }

  private void recodeInputs(Node flatten) {
    CollectionId output = flatten.outputs().values().iterator().next();
    List<CollectionId> inputs = new ArrayList<>();
    for (CollectionId input : flatten.inputs()) {
      String environment = harnessFor(flatten, input);
      inputs.add(
          environment == null
                  || Coders.same(
                      draft.components(),
                      draft.collection(input).coderId(),
                      draft.collection(output).coderId())
              ? input
              : recoded(flatten, inputs.size(), input, output, environment));
    }
    if (!inputs.equals(flatten.inputs())) {
      draft.replace(
          new Node(
              flatten.id(),
              flatten.operation(),
              inputs,
              flatten.outputs(),
              flatten.sideInputs(),
              flatten.transform(),
              flatten.environmentId()));
    }
  }

  private CollectionId recoded(
      Node flatten, int index, CollectionId input, CollectionId output, String environment) {
    String name = flatten.id() + "/Recode" + index;
    CollectionId recoded =
        draft.addCollection(name + ".out", draft.collection(output).coderId(), input);
    draft.add(
        new Node(
            new NodeId(name),
            new Operation.Flatten(),
            List.of(input),
            Map.of(OUTPUT, recoded),
            List.of(),
            flatten.transform(),
            environment));
    return recoded;
  }

  /** The environment whose harness knows the elements of an input, or null if none is needed. */
  private @Nullable String harnessFor(Node flatten, CollectionId input) {
    Node producer = producers.get(input);
    if (producer == null || draft.isEmbedded(producer.transform())) {
      return null;
    }
    return producer.environmentId() != null
        ? producer.environmentId()
        : GraphDraft.environmentOf(flatten.transform());
  }
}
