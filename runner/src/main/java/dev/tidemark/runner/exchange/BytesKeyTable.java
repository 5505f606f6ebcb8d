package dev.tidemark.runner.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Numbers distinct keys: maps a key, which is a byte string and a small number (its tag), to an
 * index that counts from 0 in the order in which keys were first added.
 *
 * <p>An open-addressing hash table with linear probing; the keys lie one after the other in large
 * chunks, so that a key costs no object, and finding one that is there costs two accesses of
 * memory. Values are kept by the caller in arrays under the index. Owned by the lane.
 */
public final class BytesKeyTable {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final int INITIAL_SLOTS = 16;
  private static final int MAX_KEYS = 1 << 28;

  // A chunk has 2^13 places of 8 bytes for records; one that is larger holds a single large record.
  private static final int PLACE_BITS = 3;
  private static final int CHUNK_BITS = 13;
  private static final int CHUNK_BYTES = 1 << (CHUNK_BITS + PLACE_BITS);
  private static final int FIRST_CHUNK_BYTES = 256;
  private static final int MAX_CHUNKS = 1 << (32 - CHUNK_BITS);

  // A record: hash, tag, index, length of the key, the key itself.
  private static final int HASH = 0;
  private static final int TAG = 4;
  private static final int INDEX = 8;
  private static final int LENGTH = 12;
  private static final int HEADER = 16;

  // A slot holds the mixed hash in its upper half and in its lower half the record's address, which
  // is chunk << CHUNK_BITS | place and never 0. Most probes that miss are decided by the hash.
  private long[] slots = new long[INITIAL_SLOTS];
  private int[] addresses = new int[8];
  private int size;

  private byte[][] chunks = new byte[4][];
  private int chunkCount;
  private int chunkFill;
  private long chunkBytes;

  /** How much memory it takes, in bytes. */
  public long memoryBytes() {
    return chunkBytes + (long) slots.length * Long.BYTES + (long) addresses.length * Integer.BYTES;
  }

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
        byte[] chunk = chunkAt((int) content);
        int at = positionAt((int) content);
        if (holds(chunk, at, bytes, offset, length, tag)) {
          return (int) INT.get(chunk, at + INDEX);
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
      if ((int) (content >>> 32) == mixed) {
        byte[] chunk = chunkAt((int) content);
        int at = positionAt((int) content);
        if (holds(chunk, at, bytes, offset, length, tag)) {
          return (int) INT.get(chunk, at + INDEX);
        }
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return -1;
  }

  /**
   * What the first slot for this hash and tag holds, for {@link #touch}. To be called for many keys
   * before the first of them is looked up: the accesses of memory then overlap instead of waiting
   * for each other.
   */
  public long probe(int hash, int tag) {
    return slots[mix(hash, tag) & (slots.length - 1)];
  }

  /** Looks at the record that {@link #probe} found; returns a meaningless number. */
  public int touch(long probed) {
    return probed == 0 ? 0 : (int) INT.get(chunkAt((int) probed), positionAt((int) probed) + INDEX);
  }

  /** The array that holds the bytes of a key; not to be changed, valid until {@link #clear}. */
  public byte[] bytes(int index) {
    return chunkAt(addresses[index]);
  }

  /** Where a key starts in {@link #bytes}. */
  public int offset(int index) {
    return positionAt(addresses[index]) + HEADER;
  }

  /** The length of a key in bytes. */
  public int length(int index) {
    return header(index, LENGTH);
  }

  /** The hash that a key was added with. */
  public int hash(int index) {
    return header(index, HASH);
  }

  /** The tag that a key was added with. */
  public int tag(int index) {
    return header(index, TAG);
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
      addresses = new int[8];
    } else {
      Arrays.fill(slots, 0);
    }
    Arrays.fill(chunks, 0, chunkCount, null);
    chunkCount = 0;
    chunkBytes = 0;
    size = 0;
  }

  private static int mix(int hash, int tag) {
    int h = (hash ^ tag * 0x9E3779B9) * 0x85ebca6b;
    return h ^ (h >>> 15);
  }

  private byte[] chunkAt(int address) {
    return chunks[address >>> CHUNK_BITS];
  }

  private static int positionAt(int address) {
    return (address & ((1 << CHUNK_BITS) - 1)) << PLACE_BITS;
  }

  private int header(int index, int field) {
    int address = addresses[index];
    return (int) INT.get(chunkAt(address), positionAt(address) + field);
  }

  private static boolean holds(
      byte[] chunk, int at, byte[] bytes, int offset, int length, int tag) {
    return (int) INT.get(chunk, at + TAG) == tag
        && (int) INT.get(chunk, at + LENGTH) == length
        && Arrays.equals(chunk, at + HEADER, at + HEADER + length, bytes, offset, offset + length);
  }

  private int insert(int slot, int mixed, byte[] bytes, int offset, int length, int hash, int tag) {
    int index = size;
    int address = allocate(HEADER + length);
    byte[] chunk = chunkAt(address);
    int at = positionAt(address);
    INT.set(chunk, at + HASH, hash);
    INT.set(chunk, at + TAG, tag);
    INT.set(chunk, at + INDEX, index);
    INT.set(chunk, at + LENGTH, length);
    System.arraycopy(bytes, offset, chunk, at + HEADER, length);
    if (index == addresses.length) {
      addresses = Arrays.copyOf(addresses, grownCapacity(index));
    }
    addresses[index] = address;
    size++;
    slots[slot] = (long) mixed << 32 | (address & 0xffffffffL);
    if (size > slots.length / 2) {
      rehash();
    }
    return index;
  }

  private int allocate(int bytes) {
    if (chunkCount == 0 || chunkFill >= CHUNK_BYTES || bytes > room()) {
      addChunk(bytes);
    }
    int address = (chunkCount - 1) << CHUNK_BITS | chunkFill >>> PLACE_BITS;
    chunkFill = (chunkFill + bytes + (1 << PLACE_BITS) - 1) >>> PLACE_BITS << PLACE_BITS;
    return address;
  }

  private int room() {
    return chunks[chunkCount - 1].length - chunkFill;
  }

  private void addChunk(int bytes) {
    if (chunkCount == MAX_CHUNKS) {
      throw tooMany();
    }
    if (chunkCount == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * chunkCount);
    }
    // The first chunk is small, as most tables are, and leaves out the address 0.
    boolean first = chunkCount == 0;
    chunkFill = first ? 1 << PLACE_BITS : 0;
    chunks[chunkCount] =
        new byte[Math.max(chunkFill + bytes, first ? FIRST_CHUNK_BYTES : CHUNK_BYTES)];
    chunkBytes += chunks[chunkCount].length;
    chunkCount++;
  }

  private int grownCapacity(int capacity) {
    if (capacity >= MAX_KEYS) {
      throw tooMany();
    }
    return 2 * capacity;
  }

  private IllegalStateException tooMany() {
    return new IllegalStateException(
        "more than " + size + " keys and windows in one lane; use more lanes");
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
