package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/**
 * What a bundle of a harness node is made of, as the worker knows it.
 *
 * <p>Immutable.
 *
 * @param descriptor the transforms, with an id that is unique in the server
 * @param source the id of the {@code beam:runner:source:v1} that takes the main input
 * @param sinks the collection that each {@code beam:runner:sink:v1} sends, by its id
 * @param transforms the part of the node that each other transform is, by its id
 * @param root the id of the transform that takes the main input
 * @param process the id of the node's root: the same, unless restrictions are truncated before
 * @param families the timer families of the root
 */
record HarnessPlan(
    BeamFnApi.ProcessBundleDescriptor descriptor,
    String source,
    Map<String, CollectionId> sinks,
    Map<String, Node> transforms,
    String root,
    String process,
    Set<String> families) {
  HarnessPlan {
    sinks = Map.copyOf(sinks);
    transforms = Map.copyOf(transforms);
    families = Set.copyOf(families);
  }

  /** Whether restrictions are truncated before they are processed. */
  boolean truncates() {
    return !root.equals(process);
  }

  /** The name of a transform as its author wrote it; the id of one that is not the author's. */
  String nameOf(String transformId) {
    Node node = transforms.get(transformId);
    return node == null ? transformId : node.fullName();
  }

  /** For a node and what its harness is told of it. */
  static HarnessPlan of(Node node, BundleDescriptor descriptor) {
    Operation.Harness harness = (Operation.Harness) node.operation();
    Map<String, CollectionId> sinks = new HashMap<>();
    descriptor.sinks().forEach((collection, id) -> sinks.put(id, collection));
    Map<String, Node> transforms = new HashMap<>();
    harness.parts().forEach(part -> transforms.put(part.id().value(), part));
    String process = harness.root().id().value();
    String root = process;
    for (String id : descriptor.fullNames().keySet()) {
      if (!transforms.containsKey(id)
          && !sinks.containsKey(id)
          && !id.equals(descriptor.source())) {
        root = id;
      }
    }
    transforms.put(root, harness.root());
    return new HarnessPlan(
        descriptor.proto(),
        descriptor.source(),
        sinks,
        transforms,
        root,
        process,
        descriptor.timers().stream()
            .map(BundleDescriptor.Timers::familyId)
            .collect(Collectors.toSet()));
  }
}
