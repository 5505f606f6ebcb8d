package dev.tidemark.runner.state;

import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one lane changed in one epoch. Open: the lane writes to it. Sealed: nobody does; the
 * committer reads it, the lane too. Committed: the store has it, and the lane forgets it.
 *
 * <p>Owned by the lane while open; immutable, but for its phase, once sealed.
 */
public final class EpochOverlay {
  private enum Phase {
    OPEN,
    SEALED,
    COMMITTED
  }

  /** What an overlay knows of a key. */
  sealed interface Lookup {
    /** Nothing: an older overlay or the store decides. */
    record Unchanged() implements Lookup {}

    /** It was deleted. */
    record Deleted() implements Lookup {}

    /** It has this value. */
    record Present(Bytes value) implements Lookup {}
  }

  static final Lookup UNCHANGED = new Lookup.Unchanged();
  private static final Lookup DELETED = new Lookup.Deleted();

  private final long epoch;
  private final Map<Bytes, @Nullable Bytes> entries = new HashMap<>();

  /** The keys of the entries, since the lane has first asked for some in order; most never do. */
  private @Nullable TreeSet<Bytes> sortedKeys;

  private long bytes;
  private final TreeSet<Bytes> deletedPrefixes = new TreeSet<>();
  private volatile Phase phase = Phase.OPEN;

  EpochOverlay(long epoch) {
    this.epoch = epoch;
  }

  /** An overlay without changes, for an epoch that the store already has. */
  static EpochOverlay committed(long epoch) {
    EpochOverlay overlay = new EpochOverlay(epoch);
    overlay.phase = Phase.COMMITTED;
    return overlay;
  }

  /** The epoch whose changes these are. */
  public long epoch() {
    return epoch;
  }

  /**
   * The changes, to be committed.
   *
   * @throws IllegalStateException if the overlay is not sealed
   */
  public StateChanges changes() {
    if (phase == Phase.OPEN) {
      throw new IllegalStateException("epoch " + epoch + " is not sealed");
    }
    return new StateChanges(deletedPrefixes, entries);
  }

  /** Notes that the store has these changes. From the committer's thread. */
  public void markCommitted() {
    if (phase == Phase.OPEN) {
      throw new IllegalStateException("epoch " + epoch + " is not sealed");
    }
    phase = Phase.COMMITTED;
  }

  /** How much was written to it, in bytes of keys and values. */
  public long bytes() {
    return bytes;
  }

  /** Whether the lane may write to it. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Whether {@link #markCommitted} was called. */
  boolean isCommitted() {
    return phase == Phase.COMMITTED;
  }

  void seal() {
    checkOpen();
    phase = Phase.SEALED;
  }

  void put(Bytes key, Bytes value) {
    checkOpen();
    set(key, value);
  }

  void delete(Bytes key) {
    checkOpen();
    set(key, null);
  }

  private void set(Bytes key, @Nullable Bytes value) {
    bytes += key.length() + (value == null ? 0 : value.length());
    entries.put(key, value);
    if (sortedKeys != null) {
      sortedKeys.add(key);
    }
  }

  void deletePrefix(Bytes prefix) {
    checkOpen();
    NavigableSet<Bytes> extensions = sortedKeys();
    for (Bytes key = extensions.ceiling(prefix);
        key != null && key.startsWith(prefix);
        key = extensions.higher(key)) {
      extensions.remove(key);
      entries.remove(key);
    }
    if (!covers(prefix)) {
      prefix.removeExtensions(deletedPrefixes);
      deletedPrefixes.add(prefix);
    }
  }

  Lookup lookup(Bytes key) {
    Bytes value = entries.get(key);
    if (value != null) {
      return new Lookup.Present(value);
    }
    return covers(key) || entries.containsKey(key) ? DELETED : UNCHANGED;
  }

  /** Whether a deleted prefix covers {@code key}. */
  boolean covers(Bytes key) {
    return key.isExtensionOfOne(deletedPrefixes);
  }

  /** The keys of entries from {@code from} on, in order. By the lane. */
  Iterator<Bytes> keysFrom(Bytes from) {
    // What is written after a scan would have to be kept in order, too.
    return entries.isEmpty()
        ? Collections.emptyIterator()
        : sortedKeys().tailSet(from, true).iterator();
  }

  /** The value of an entry; null if it was deleted. */
  @Nullable Bytes value(Bytes key) {
    return entries.get(key);
  }

  private NavigableSet<Bytes> sortedKeys() {
    TreeSet<Bytes> keys = sortedKeys;
    if (keys == null) {
      keys = new TreeSet<>(entries.keySet());
      sortedKeys = keys;
    }
    return keys;
  }

  private void checkOpen() {
    if (phase != Phase.OPEN) {
      throw new IllegalStateException("epoch " + epoch + " is sealed, the next is not open");
    }
  }
}
