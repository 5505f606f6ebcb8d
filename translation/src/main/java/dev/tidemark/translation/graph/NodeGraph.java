package dev.tidemark.translation.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * A pipeline as a directed acyclic graph of single nodes, before they are fused to stages.
 *
 * <p>Immutable.
 *
 * @param nodes in topological order; side inputs count as ordering edges
 * @param edges every use of a collection, ordered by consumer, then by input
 * @param keyings for each node that keeps state or timers by key, a node that stands for its
 *     keying: two nodes with the same one have the same keys in the same lanes
 * @param collections every collection that a node makes
 * @param components the pipeline's components, those added by rewrites included
 */
public record NodeGraph(
    List<Node> nodes,
    List<Edge> edges,
    Map<NodeId, NodeId> keyings,
    Map<CollectionId, CollectionSpec> collections,
    RunnerApi.Components components) {
  public NodeGraph {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
    keyings = Collections.unmodifiableMap(new LinkedHashMap<>(keyings));
    collections = Collections.unmodifiableMap(new LinkedHashMap<>(collections));
  }
}
