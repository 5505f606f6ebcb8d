package dev.tidemark.runner.state;

import dev.tidemark.translation.graph.NodeId;

/**
 * A node that keeps state or timers.
 *
 * <p>Immutable.
 *
 * @param id its name, by which the store knows it
 * @param decoder for the keys of timers that are restored; unused in a lane that is not durable
 */
public record KeyedNode(NodeId id, KeyDecoder decoder) {}
