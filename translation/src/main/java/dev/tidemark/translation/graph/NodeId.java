package dev.tidemark.translation.graph;

/**
 * Names one {@link Node}: the full name of the transform as the user wrote it, followed by a suffix
 * where one transform became several nodes. Stable across runs of the same program, so that durable
 * state is addressed by it.
 *
 * <p>Immutable.
 */
public record NodeId(String value) implements Comparable<NodeId> {
  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
