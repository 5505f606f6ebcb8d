package dev.tidemark.runner.state;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a job must know, besides its state, to go on from a commit. The store keeps it without
 * understanding it.
 *
 * <p>Immutable.
 *
 * @param epoch the number of the last committed epoch; 0 before the first
 * @param entries watermarks, source marks, fingerprint and so on, by names that the epoch driver
 *     chooses
 */
public record Manifest(long epoch, Map<String, Bytes> entries) {
  /** The manifest of a store to which no epoch was committed. */
  public static final Manifest EMPTY = new Manifest(0, Map.of());

  public Manifest {
    entries = Collections.unmodifiableMap(new TreeMap<>(entries));
  }
}
