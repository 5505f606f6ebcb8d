package dev.tidemark.translation.graph;

/**
 * What is known of a collection.
 *
 * <p>Immutable.
 *
 * @param id the collection
 * @param name the unique name of the PCollection as the user's SDK gave it
 * @param coderId the id of its element coder in the graph's components
 * @param windowingStrategyId the id of its windowing strategy in the graph's components
 * @param bounded whether the collection is known to be finite
 */
public record CollectionSpec(
    CollectionId id, String name, String coderId, String windowingStrategyId, boolean bounded) {}
