package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where the key of an element is provably the one by which an exchange placed it in its
 * lane. A group, a combine and a redistribution by key establish a keying; combining grouped
 * values, assigning windows and flattening collections that all have one keep it; a user's function
 * never does.
 *
 * <p>Nodes are to be added in topological order. Owned by the translation.
 */
final class Keyings {
  private final RunnerApi.ComponentsOrBuilder components;
  private final Map<CollectionId, Keying> byCollection = new HashMap<>();
  private final Map<NodeId, NodeId> representatives = new HashMap<>();
  private final Map<NodeId, NodeId> keyedNodes = new LinkedHashMap<>();

  /** A node that established it, and the coder of the keys. */
  private record Keying(NodeId origin, String keyCoderId) {}

  Keyings(RunnerApi.ComponentsOrBuilder components) {
    this.components = components;
  }

  /** Whether a node that wants its input by key finds it so in its lane already. */
  boolean isKept(CollectionId input) {
    return keyingOf(input) != null;
  }

  /** Takes note of what the node does to the keys of its inputs. */
  void add(Node node) {
    Operation operation = node.operation();
    if (operation instanceof Operation.GroupByKey || operation instanceof Operation.CombinePerKey) {
      establish(node);
      keyedNodes.put(node.id(), node.id());
    } else if (operation instanceof Operation.Redistribute redistribute && redistribute.byKey()) {
      establish(node);
    } else if (operation instanceof Operation.CombineGroupedValues
        || operation instanceof Operation.MergeAccumulators
        || operation instanceof Operation.ExtractOutputs
        || operation instanceof Operation.WindowInto
        || operation instanceof Operation.Flatten) {
      keep(node);
    } else if (operation instanceof Operation.ParDo parDo && parDo.stateful()) {
      Keying keying = keyingOf(node.inputs().get(0));
      keyedNodes.put(node.id(), keying == null ? node.id() : keying.origin());
    }
  }

  /** For each node that keeps state or timers by key, the one that stands for its keying. */
  Map<NodeId, NodeId> keyedNodes() {
    Map<NodeId, NodeId> resolved = new LinkedHashMap<>();
    keyedNodes.forEach((node, origin) -> resolved.put(node, representative(origin)));
    return resolved;
  }

  private void establish(Node node) {
    String keyCoder = keyCoder(node.inputs().get(0));
    if (keyCoder != null) {
      node.outputs()
          .values()
          .forEach(output -> byCollection.put(output, new Keying(node.id(), keyCoder)));
    }
  }

  private void keep(Node node) {
    Keying common = null;
    for (CollectionId input : node.inputs()) {
      Keying keying = keyingOf(input);
      if (keying == null
          || (common != null
              && !Coders.same(components, common.keyCoderId(), keying.keyCoderId()))) {
        return;
      }
      if (common == null) {
        common = keying;
      } else {
        unite(common.origin(), keying.origin());
      }
    }
    if (common != null) {
      for (CollectionId output : node.outputs().values()) {
        byCollection.put(output, common);
      }
    }
  }

  /** The keying of a collection, if the coder that it has now still encodes keys the same way. */
  private @Nullable Keying keyingOf(CollectionId collection) {
    Keying keying = byCollection.get(collection);
    return keying != null && Coders.same(components, keying.keyCoderId(), keyCoder(collection))
        ? keying
        : null;
  }

  private @Nullable String keyCoder(CollectionId collection) {
    return Coders.keyCoder(
        components, components.getPcollectionsOrThrow(collection.value()).getCoderId());
  }

  private void unite(NodeId one, NodeId other) {
    NodeId first = representative(one);
    NodeId second = representative(other);
    if (!first.equals(second)) {
      representatives.put(second, first);
    }
  }

  private NodeId representative(NodeId node) {
    NodeId next = representatives.get(node);
    return next == null ? node : representative(next);
  }
}
