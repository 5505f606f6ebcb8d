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

  // A slot holds the mixed hash in its upper half and index + 1 in its lower half, 0 when free:
  // most
  // probes that miss are decided without a look at the key.
  private long[] slots = new long[INITIAL_SLOTS];
  private int size;

  private int[] hashes = new int[8];
  private int[] tags = new int[8];
  private int[] chunkOf = new int[8];
  private int[] offsets = new int[8];
  private int[] lengths = new int[8];

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
    return chunks[chunkOf[index]];
  }

  /** Where a key starts in {@link #bytes}. */
  public int offset(int index) {
    return offsets[index];
  }

  /** The length of a key in bytes. */
  public int length(int index) {
    return lengths[index];
  }

  /** The hash that a key was added with. */
  public int hash(int index) {
    return hashes[index];
  }

  /** The tag that a key was added with. */
  public int tag(int index) {
    return tags[index];
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
    int at = offsets[index];
    return tags[index] == tag
        && lengths[index] == length
        && Arrays.equals(chunks[chunkOf[index]], at, at + length, bytes, offset, offset + length);
  }

  private int insert(int slot, int mixed, byte[] bytes, int offset, int length, int hash, int tag) {
    int index = size;
    if (index == hashes.length) {
      growEntries();
    }
    hashes[index] = hash;
    tags[index] = tag;
    store(index, bytes, offset, length);
    size++;
    slots[slot] = (long) mixed << 32 | size;
    if (size > slots.length / 2) {
      rehash();
    }
    return index;
  }

  private void store(int index, byte[] bytes, int offset, int length) {
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
    chunkOf[index] = chunk;
    offsets[index] = chunkFill;
    lengths[index] = length;
    chunkFill += length;
  }

  private void growEntries() {
    int capacity = grownCapacity(hashes.length);
    hashes = Arrays.copyOf(hashes, capacity);
    tags = Arrays.copyOf(tags, capacity);
    chunkOf = Arrays.copyOf(chunkOf, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    lengths = Arrays.copyOf(lengths, capacity);
  }

  private static int grownCapacity(int capacity) {
    if (capacity >= 1 << 29) {
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
