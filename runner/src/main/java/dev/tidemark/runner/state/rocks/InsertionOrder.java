package dev.tidemark.runner.state.rocks;

import dev.tidemark.runner.state.Bytes;
import java.util.Arrays;
import java.util.Collection;

/**
 * Puts the keys of a commit nearly in order. RocksDB finds the place of a key much faster if it
 * lies a little behind that of the one before; an exact order would cost more than it gives.
 */
final class InsertionOrder {
  /** So many bits of a number say which key it is; the others are of the key itself. */
  private static final int INDEX_BITS = 24;

  /**
   * The bytes that keys of one lane differ in: the table, the last byte of node and group, and the
   * first two of the user's key; see the layout in {@link dev.tidemark.runner.state}.
   */
  private static final int[] TELLING_BYTES = {0, 4, 6, 7, 8};

  private InsertionOrder() {}

  static Bytes[] of(Collection<Bytes> keys) {
    Bytes[] all = keys.toArray(Bytes[]::new);
    if (all.length >= 1 << INDEX_BITS) {
      Arrays.sort(all);
      return all;
    }
    long[] numbers = new long[all.length];
    for (int i = 0; i < all.length; i++) {
      numbers[i] = tellingBytes(all[i].array()) << INDEX_BITS | i;
    }
    Arrays.sort(numbers);
    Bytes[] sorted = new Bytes[all.length];
    for (int i = 0; i < all.length; i++) {
      sorted[i] = all[(int) (numbers[i] & ((1 << INDEX_BITS) - 1))];
    }
    return sorted;
  }

  private static long tellingBytes(byte[] key) {
    long number = 0;
    for (int at : TELLING_BYTES) {
      number = number << Byte.SIZE | (at < key.length ? key[at] & 0xff : 0);
    }
    return number;
  }
}
