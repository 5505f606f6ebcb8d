package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.Map;
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
 * @param process the id of the node's root: what comes first, unless restrictions are truncated
 *     before
 */
public record HarnessPlan(
    BeamFnApi.ProcessBundleDescriptor descriptor,
    String source,
    Map<String, CollectionId> sinks,
    Map<String, Node> transforms,
    String root,
    String process) {
  public HarnessPlan {
    sinks = Map.copyOf(sinks);
    transforms = Map.copyOf(transforms);
  }

  /** Whether restrictions are truncated before they are processed. */
  boolean truncates() {
    return !root.equals(process);
  }
}
