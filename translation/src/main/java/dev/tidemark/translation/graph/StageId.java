package dev.tidemark.translation.graph;

/**
 * Names one {@link Stage}: the name of its first node in topological order. Stable across runs of
 * the same program.
 *
 * <p>Immutable.
 */
public record StageId(String value) implements Comparable<StageId> {
  @Override
  public int compareTo(StageId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
