package dev.tidemark.runner.state;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one lane as the lane sees it: its open overlay, then its sealed ones, newest first,
 * then the store.
 *
 * <p>Owned by the lane.
 */
final class OverlayChain {
  private final StateStore store;
  private final Deque<EpochOverlay> newestFirst = new ArrayDeque<>();
  private EpochOverlay open;
  private long sequence;

  OverlayChain(StateStore store) {
    this.store = store;
    this.open = EpochOverlay.committed(store.manifest().epoch());
  }

  /**
   * Begins {@code epoch}.
   *
   * @throws IllegalArgumentException if it does not come after all before it
   * @throws IllegalStateException if the one before it is not sealed
   */
  void open(long epoch) {
    if (epoch <= open.epoch()) {
      throw new IllegalArgumentException("epoch " + epoch + " comes after epoch " + open.epoch());
    }
    if (open.isOpen()) {
      throw new IllegalStateException("epoch " + open.epoch() + " is not sealed");
    }
    while (!newestFirst.isEmpty() && newestFirst.getLast().isCommitted()) {
      newestFirst.removeLast();
    }
    open = new EpochOverlay(epoch);
    sequence = 0;
    newestFirst.addFirst(open);
  }

  /** Ends the open epoch. */
  EpochOverlay seal() {
    open.seal();
    return open;
  }

  /** Forgets whatever is not committed. */
  void discard() {
    newestFirst.clear();
    open = EpochOverlay.committed(store.manifest().epoch());
  }

  /** The open epoch, or the last one. */
  long epoch() {
    return open.epoch();
  }

  /** Whether an epoch is open. */
  boolean isOpen() {
    return open.isOpen();
  }

  /**
   * A number greater than all before it in the epoch. Epoch and number together are greater than
   * all before them in this lane's state, whichever lane and run made those.
   */
  long nextSequence() {
    return sequence++;
  }

  void put(Bytes key, Bytes value) {
    open.put(key, value);
  }

  void delete(Bytes key) {
    open.delete(key);
  }

  /**
   * Deletes what begins with {@code prefix}, if anything does: such deletions are dear in stores.
   */
  void deletePrefix(Bytes prefix) {
    boolean anything;
    try (StateScan scan = scan(prefix)) {
      anything = scan.hasNext();
    }
    if (anything) {
      open.deletePrefix(prefix);
    }
  }

  /** Commits changes that belong to no epoch, before the first one. */
  void commit(StateChanges changes) {
    if (!newestFirst.isEmpty()) {
      throw new IllegalStateException("epoch " + open.epoch() + " has begun");
    }
    store.commit(new EpochCommit(store.manifest(), List.of(changes)));
  }

  /** What the overlays know of a key; if nothing, the store decides. */
  EpochOverlay.Lookup lookup(Bytes key) {
    for (EpochOverlay overlay : newestFirst) {
      EpochOverlay.Lookup found = overlay.lookup(key);
      if (!(found instanceof EpochOverlay.Lookup.Unchanged)) {
        return found;
      }
    }
    return EpochOverlay.UNCHANGED;
  }

  /** What the store has of keys, of which the overlays know nothing. */
  List<@Nullable Bytes> stored(List<Bytes> keys) {
    return keys.size() == 1
        ? Collections.singletonList(store.get(keys.get(0)))
        : store.getAll(keys);
  }

  @Nullable Bytes get(Bytes key) {
    EpochOverlay.Lookup found = lookup(key);
    if (found instanceof EpochOverlay.Lookup.Present present) {
      return present.value();
    }
    return found instanceof EpochOverlay.Lookup.Deleted ? null : store.get(key);
  }

  /** The entries whose key begins with {@code prefix}; to be closed before anything is written. */
  StateScan scan(Bytes prefix) {
    return new MergedScan(newestFirst, prefix, null, store.scan(prefix));
  }

  /** The entries from {@code from} up to {@code to}; to be closed before anything is written. */
  StateScan scan(Bytes from, Bytes to) {
    return new MergedScan(newestFirst, from, to, store.scan(from, to));
  }
}
