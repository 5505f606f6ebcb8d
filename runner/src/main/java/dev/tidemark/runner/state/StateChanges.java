package dev.tidemark.runner.state;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
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
public record StateChanges(
    NavigableSet<Bytes> deletedPrefixes, Map<Bytes, @Nullable Bytes> entries) {
  public StateChanges {
    deletedPrefixes = Collections.unmodifiableNavigableSet(deletedPrefixes);
    entries = Collections.unmodifiableMap(entries);
  }

  /** What these changes and then {@code later} ones come to. */
  public StateChanges followedBy(StateChanges later) {
    if (isEmpty() || later.isEmpty()) {
      return isEmpty() ? later : this;
    }
    NavigableSet<Bytes> prefixes = new TreeSet<>(deletedPrefixes);
    Map<Bytes, @Nullable Bytes> all = new HashMap<>(entries);
    if (!later.deletedPrefixes.isEmpty()) {
      for (Bytes prefix : later.deletedPrefixes) {
        if (!prefix.isExtensionOfOne(deletedPrefixes)) {
          prefix.removeExtensions(prefixes);
          prefixes.add(prefix);
        }
      }
      all.keySet().removeIf(key -> key.isExtensionOfOne(later.deletedPrefixes));
    }
    all.putAll(later.entries);
    return new StateChanges(prefixes, all);
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return deletedPrefixes.isEmpty() && entries.isEmpty();
  }
}
