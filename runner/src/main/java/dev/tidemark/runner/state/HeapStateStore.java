package dev.tidemark.runner.state;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, for jobs whose state need not survive the process.
 *
 * <p>Thread-safe, for one committer at a time.
 */
public final class HeapStateStore implements StateStore {
  private final ConcurrentNavigableMap<Bytes, Bytes> entries = new ConcurrentSkipListMap<>();
  private volatile Manifest manifest = Manifest.EMPTY;

  @Override
  public @Nullable Bytes get(Bytes key) {
    return entries.get(key);
  }

  @Override
  public StateScan scan(Bytes prefix) {
    return new HeapScan(prefix, entries.tailMap(prefix, true));
  }

  @Override
  public StateScan scan(Bytes from, Bytes to) {
    return new HeapScan(
        Bytes.EMPTY,
        from.compareTo(to) < 0
            ? entries.subMap(from, true, to, false)
            : new ConcurrentSkipListMap<>());
  }

  @Override
  public synchronized void commit(EpochCommit commit) {
    if (commit.manifest().epoch() < manifest.epoch()) {
      throw new IllegalArgumentException(
          "epoch " + commit.manifest().epoch() + " comes after epoch " + manifest.epoch());
    }
    for (StateChanges changes : commit.changes()) {
      changes.deletedPrefixes().forEach(prefix -> prefix.removeExtensions(entries.keySet()));
      changes.entries().forEach(this::put);
    }
    manifest = commit.manifest();
  }

  @Override
  public Manifest manifest() {
    return manifest;
  }

  /** How many entries there are. */
  public int size() {
    return entries.size();
  }

  @Override
  public void close() {
    entries.clear();
  }

  private void put(Bytes key, @Nullable Bytes value) {
    if (value == null) {
      entries.remove(key);
    } else {
      entries.put(key, value);
    }
  }

  /** Walks a part of the map as far as keys begin with the prefix. */
  private static final class HeapScan implements StateScan {
    private final Bytes prefix;
    private final Iterator<Map.Entry<Bytes, Bytes>> iterator;
    private @Nullable StateEntry next;

    HeapScan(Bytes prefix, Map<Bytes, Bytes> part) {
      this.prefix = prefix;
      this.iterator = part.entrySet().iterator();
      advance();
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public StateEntry next() {
      StateEntry result = next;
      if (result == null) {
        throw new NoSuchElementException();
      }
      advance();
      return result;
    }

    @Override
    public void close() {}

    private void advance() {
      next = null;
      if (iterator.hasNext()) {
        Map.Entry<Bytes, Bytes> entry = iterator.next();
        if (entry.getKey().startsWith(prefix)) {
          next = new StateEntry(entry.getKey(), entry.getValue());
        }
      }
    }
  }
}
