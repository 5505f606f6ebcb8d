package dev.tidemark.runner.exchange;

import java.util.Arrays;

/**
 * Numbers distinct keys: maps a key, which is a byte string and a small number (its tag), to an
 * index that counts from 0 in the order in which keys were first added.
 *
 * <p>An open-addressing hash table with linear probing; the bytes lie one after the other in large
 * chunks, so that a key costs no object. Values are kept by the caller in arrays under the index.
 * Owned by the lane.
 */
public final class BytesKeyTable {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int INITIAL_SLOTS = 16;
  private static final int MAX_KEYS = 1 << 28;

  // A slot holds the mixed hash in its upper half and index + 1 in its lower half, 0 when free:
  // most
  // probes that miss are decided without a look at the key.
  private long[] slots = new long[INITIAL_SLOTS];
  private int size;

  // What is known of key i stands from i * ENTRY on, side by side as it is mostly read together.
  private static final int HASH = 0;
  private static final int TAG = 1;
  private static final int CHUNK = 2;
  private static final int OFFSET = 3;
  private static final int LENGTH = 4;
  private static final int ENTRY = 5;
  private int[] entries = new int[8 * ENTRY];

  private byte[][] chunks = new byte[4][];
  private int chunkCount;
  private int chunkFill;

  /** How many keys there are. */
  public int size() {
    return size;
  }

  /**
   * The index of a key, which is added if it is not there: then the index is what {@link #size} was
   * before.
   *
   * @param bytes holds the key's bytes, which are copied
   * @param hash a hash of the bytes: equal bytes must come with equal hashes
   * @param tag the key's number
   */
  public int add(byte[] bytes, int offset, int length, int hash, int tag) {
    int mixed = mix(hash, tag);
    int slot = mixed & (slots.length - 1);
    for (long content = slots[slot]; content != 0; content = slots[slot]) {
      if ((int) (content >>> 32) == mixed) {
        int index = (int) content - 1;
        if (isAt(index, bytes, offset, length, tag)) {
          return index;
        }
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return insert(slot, mixed, bytes, offset, length, hash, tag);
  }

  /** The index of a key, or -1 if it is not there; parameters as in {@link #add}. */
  public int find(byte[] bytes, int offset, int length, int hash, int tag) {
    int mixed = mix(hash, tag);
    int slot = mixed & (slots.length - 1);
    for (long content = slots[slot]; content != 0; content = slots[slot]) {
      int index = (int) content - 1;
      if ((int) (content >>> 32) == mixed && isAt(index, bytes, offset, length, tag)) {
        return index;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return -1;
  }

  /** The array that holds the bytes of a key; not to be changed, valid until {@link #clear}. */
  public byte[] bytes(int index) {
    return chunks[entries[index * ENTRY + CHUNK]];
  }

  /** Where a key starts in {@link #bytes}. */
  public int offset(int index) {
    return entries[index * ENTRY + OFFSET];
  }

  /** The length of a key in bytes. */
  public int length(int index) {
    return entries[index * ENTRY + LENGTH];
  }

  /** The hash that a key was added with. */
  public int hash(int index) {
    return entries[index * ENTRY + HASH];
  }

  /** The tag that a key was added with. */
  public int tag(int index) {
    return entries[index * ENTRY + TAG];
  }

  /** A copy of the bytes of a key. */
  public byte[] copyOfBytes(int index) {
    return Arrays.copyOfRange(bytes(index), offset(index), offset(index) + length(index));
  }

  /** Removes all keys; keeps a modest amount of memory for the next ones. */
  public void clear() {
    if (size == 0) {
      return;
    }
    if (slots.length > 1 << 14) {
      slots = new long[INITIAL_SLOTS];
    } else {
      Arrays.fill(slots, 0);
    }
    Arrays.fill(chunks, Math.min(1, chunkCount), chunkCount, null);
    chunkCount = Math.min(1, chunkCount);
    chunkFill = 0;
    size = 0;
  }

  private static int mix(int hash, int tag) {
    int h = (hash ^ tag * 0x9E3779B9) * 0x85ebca6b;
    return h ^ (h >>> 15);
  }

  private boolean isAt(int index, byte[] bytes, int offset, int length, int tag) {
    int entry = index * ENTRY;
    int at = entries[entry + OFFSET];
    return entries[entry + TAG] == tag
        && entries[entry + LENGTH] == length
        && Arrays.equals(
            chunks[entries[entry + CHUNK]], at, at + length, bytes, offset, offset + length);
  }

  private int insert(int slot, int mixed, byte[] bytes, int offset, int length, int hash, int tag) {
    int index = size;
    int entry = index * ENTRY;
    if (entry == entries.length) {
      entries = Arrays.copyOf(entries, ENTRY * grownCapacity(index));
    }
    entries[entry + HASH] = hash;
    entries[entry + TAG] = tag;
    store(entry, bytes, offset, length);
    size++;
    slots[slot] = (long) mixed << 32 | size;
    if (size > slots.length / 2) {
      rehash();
    }
    return index;
  }

  private void store(int entry, byte[] bytes, int offset, int length) {
    if (chunkCount == 0 || length > chunks[chunkCount - 1].length - chunkFill) {
      if (chunkCount == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * chunkCount);
      }
      // The first chunk is small: most tables are.
      chunks[chunkCount] = new byte[Math.max(length, chunkCount == 0 ? 256 : CHUNK_BYTES)];
      chunkCount++;
      chunkFill = 0;
    }
    int chunk = chunkCount - 1;
    System.arraycopy(bytes, offset, chunks[chunk], chunkFill, length);
    entries[entry + CHUNK] = chunk;
    entries[entry + OFFSET] = chunkFill;
    entries[entry + LENGTH] = length;
    chunkFill += length;
  }

  private static int grownCapacity(int capacity) {
    if (capacity >= MAX_KEYS) {
      throw new IllegalStateException(
          "more than " + capacity + " keys and windows in one lane; use more lanes");
    }
    return 2 * capacity;
  }

  private void rehash() {
    long[] larger = new long[2 * slots.length];
    for (long content : slots) {
      if (content != 0) {
        int slot = (int) (content >>> 32) & (larger.length - 1);
        while (larger[slot] != 0) {
          slot = (slot + 1) & (larger.length - 1);
        }
        larger[slot] = content;
      }
    }
    slots = larger;
  }
}
