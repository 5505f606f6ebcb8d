package dev.tidemark.translation.graph;

/**
 * Names one collection of elements: the id of a PCollection in the pipeline's components, or one
 * made by a rewrite.
 *
 * <p>Immutable.
 */
public record CollectionId(String value) implements Comparable<CollectionId> {
  @Override
  public int compareTo(CollectionId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
