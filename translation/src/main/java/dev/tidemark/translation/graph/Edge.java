package dev.tidemark.translation.graph;

/**
 * One use of a collection: from the node that makes it to one input of a node that takes it.
 *
 * <p>Immutable.
 *
 * @param collection what flows
 * @param producer the node that makes it
 * @param consumer the node that takes it
 * @param input which of the consumer's {@link Node#inputs()}; for {@link Kind#BROADCAST} which of
 *     its {@link Node#sideInputs()}
 * @param kind how it gets there
 * @param durable whether elements are delivered only after the commit of the epoch in which they
 *     came, so that the consumer sees the same ones again after a failure
 */
public record Edge(
    CollectionId collection,
    NodeId producer,
    NodeId consumer,
    int input,
    Kind kind,
    boolean durable) {

  /** How elements get from producer to consumer. */
  public enum Kind {
    /** In the same lane; by direct call where both are in one stage. */
    FORWARD,
    /** Encoded, to the lane that owns the element's key. */
    EXCHANGE_BY_KEY,
    /** Encoded, spread evenly over the lanes. */
    EXCHANGE_ANY,
    /**
     * No elements: the producer is a {@link Operation.Materialize} node that the consumer reads;
     * the collection is the one shown. Orders the two stages.
     */
    BROADCAST
  }
}
