package dev.tidemark.runner.state;

import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes to a store. The prefixes are deleted first, then the entries are written.
 *
 * <p>Immutable once it is handed to a store.
 *
 * @param deletedPrefixes whatever begins with one of these is deleted; none of them begins with
 *     another
 * @param entries the new value of each key, or null to delete it; in any order
 */
public record StateChanges(SortedSet<Bytes> deletedPrefixes, Map<Bytes, @Nullable Bytes> entries) {
  public StateChanges {
    deletedPrefixes = Collections.unmodifiableSortedSet(deletedPrefixes);
    entries = Collections.unmodifiableMap(entries);
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return deletedPrefixes.isEmpty() && entries.isEmpty();
  }
}
