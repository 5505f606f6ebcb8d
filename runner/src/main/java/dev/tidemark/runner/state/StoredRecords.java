package dev.tidemark.runner.state;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A few entries of a store that belong to the job rather than to a key, all of them also in memory;
 * what changes is handed over with each epoch.
 *
 * <p>Owned by the driver.
 */
final class StoredRecords {
  private final Bytes prefix;
  private final TreeMap<Bytes, Bytes> records = new TreeMap<>();
  private TreeMap<Bytes, @Nullable Bytes> changes = new TreeMap<>();

  /** Reads the entries of one table. */
  StoredRecords(StateStore store, StateTable table) {
    prefix = Bytes.of(new byte[] {(byte) table.code()});
    try (StateScan scan = store.scan(prefix)) {
      while (scan.hasNext()) {
        StateEntry entry = scan.next();
        records.put(
            Bytes.of(new ByteReader(entry.key(), prefix.length()).readRest()), entry.value());
      }
    }
  }

  /** The records by their names, without the table. */
  SortedMap<Bytes, Bytes> all() {
    return records;
  }

  @Nullable Bytes get(Bytes name) {
    return records.get(name);
  }

  void put(Bytes name, Bytes value) {
    if (!value.equals(records.put(name, value))) {
      changes.put(prefix.concat(name), value);
    }
  }

  void remove(Bytes name) {
    if (records.remove(name) != null) {
      changes.put(prefix.concat(name), null);
    }
  }

  /** What has changed since the last call. */
  StateChanges seal() {
    StateChanges sealed = new StateChanges(new TreeSet<>(), changes);
    changes = new TreeMap<>();
    return sealed;
  }
}
