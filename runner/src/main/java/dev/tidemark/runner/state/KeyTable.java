package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Key;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a node that are in memory, by their encoding. The states of keys are its entries
 * themselves, and it finds them by bytes that stand anywhere: nothing is made to find a key.
 *
 * <p>Owned by the lane.
 */
final class KeyTable {
  private static final int FIRST_BITS = 4;

  /** Near to the golden ratio: spreads hashes that have their low bits in common, as in a lane. */
  private static final int SPREAD = 0x9E3779B9;

  private @Nullable KeyState[] buckets = new @Nullable KeyState[1 << FIRST_BITS];
  private int shift = Integer.SIZE - FIRST_BITS;
  private int size;

  /** The state of {@code key}, or null. */
  @Nullable KeyState find(Key key) {
    byte[] encoded = key.encoded();
    return find(encoded, 0, encoded.length, key.keyHash());
  }

  /**
   * The state of the key that is encoded as a part of {@code bytes}, or null.
   *
   * @param hash of the encoded key
   */
  @Nullable KeyState find(byte[] bytes, int from, int length, int hash) {
    KeyState state = buckets[(hash * SPREAD) >>> shift];
    while (state != null && !state.isOf(bytes, from, length, hash)) {
      state = state.nextInTable();
    }
    return state;
  }

  /** Adds the state of a key that is not here. */
  void add(KeyState state) {
    if (size >= buckets.length) {
      grow();
    }
    size++;
    link(state);
  }

  private void link(KeyState state) {
    int bucket = (state.key().keyHash() * SPREAD) >>> shift;
    state.setNextInTable(buckets[bucket]);
    buckets[bucket] = state;
  }

  private void grow() {
    @Nullable KeyState[] before = buckets;
    buckets = new @Nullable KeyState[before.length * 2];
    shift--;
    for (KeyState state : before) {
      while (state != null) {
        KeyState next = state.nextInTable();
        link(state);
        state = next;
      }
    }
  }

  /** Removes a state; returns whether it was here. */
  boolean remove(KeyState state) {
    int bucket = (state.key().keyHash() * SPREAD) >>> shift;
    KeyState before = null;
    for (KeyState found = buckets[bucket]; found != null; found = found.nextInTable()) {
      if (found == state) {
        if (before == null) {
          buckets[bucket] = state.nextInTable();
        } else {
          before.setNextInTable(state.nextInTable());
        }
        state.setNextInTable(null);
        size--;
        return true;
      }
      before = found;
    }
    return false;
  }

  /** Gives {@code taker} all states, in no order; it must not change the table. */
  void forEach(Consumer<KeyState> taker) {
    for (KeyState first : buckets) {
      for (KeyState state = first; state != null; state = state.nextInTable()) {
        taker.accept(state);
      }
    }
  }

  /** How many states there are. */
  int size() {
    return size;
  }

  /** Removes all. */
  void clear() {
    Arrays.fill(buckets, null);
    size = 0;
  }
}
