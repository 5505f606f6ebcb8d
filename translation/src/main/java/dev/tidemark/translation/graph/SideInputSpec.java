package dev.tidemark.translation.graph;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * One side input of a node.
 *
 * <p>Immutable.
 *
 * @param tag the local name by which the user's function asks for it
 * @param collection the collection that it shows
 * @param view the {@link Operation.Materialize} node that makes it readable; the graph has a {@link
 *     Edge.Kind#BROADCAST} edge from there to the node
 * @param spec access pattern, view function and window mapping function
 */
public record SideInputSpec(
    String tag, CollectionId collection, NodeId view, RunnerApi.SideInput spec) {}
