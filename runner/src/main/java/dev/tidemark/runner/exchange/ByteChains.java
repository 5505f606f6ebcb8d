package dev.tidemark.runner.exchange;

import java.util.Arrays;

/**
 * Many append-only lists of byte strings in few large arrays: costs no object and about two bytes
 * for each string.
 *
 * <p>A list is a chain of slices, each larger than the one before it, so that short lists waste
 * little and long ones are read mostly in sequence (the way in which Lucene keeps postings while it
 * indexes). A string never crosses from one slice to another. A slice holds strings, each with its
 * length before it, then a zero and the address of the next slice.
 *
 * <p>Owned by the lane.
 */
public final class ByteChains {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int SMALLEST_SLICE = 24;
  private static final int LARGEST_SLICE = 1 << 13;
  private static final int TRAILER = 1 + Integer.BYTES + Integer.BYTES;
  private static final int LONGEST_LENGTH = 5;
  private static final int MAX_LISTS = 1 << 28;

  // For list i: where its first slice starts, as block << 32 | offset; and side by side, as they
  // are needed together, where it goes on, in the same form, and end of slice << 32 | count.
  private long[] firsts = new long[8];
  private long[] tails = new long[16];
  private int size;

  private byte[][] blocks = new byte[4][];
  private int blockCount;
  // Where the next slice goes; one that is large gets a block of its own.
  private int fillBlock;
  private int fill = BLOCK_BYTES;
  private long blockBytes;

  /** How much memory it takes, in bytes. */
  public long memoryBytes() {
    return blockBytes + (long) (firsts.length + tails.length) * Long.BYTES;
  }

  /** How many lists there are: those up to the highest that was added to. */
  public int size() {
    return size;
  }

  /** How many strings a list has. */
  public int count(int list) {
    return list < size ? (int) tails[2 * list + 1] : 0;
  }

  /** Adds a copy of a string to the end of a list; lists are numbered from 0. */
  public void append(int list, byte[] bytes, int offset, int length) {
    if (list >= size) {
      startLists(list + 1);
    }
    // Of no slice at all, place and end are zero: nothing fits.
    long write = tails[2 * list];
    int room = (int) (tails[2 * list + 1] >>> 32) - (int) write;
    // The length is written as length + 1, of at most five bytes; a close fit goes to a new slice.
    if (length > room - TRAILER - LONGEST_LENGTH) {
      write = addSlice(list, length);
    }
    byte[] block = blocks[(int) (write >>> 32)];
    int position = writeLength(block, (int) write, length);
    System.arraycopy(bytes, offset, block, position, length);
    tails[2 * list] = (write & ~0xffffffffL) | (position + length);
    if ((int) ++tails[2 * list + 1] < 0) {
      throw new IllegalStateException("more than 2^31 values of one key and window");
    }
  }

  /** Goes through the strings of a list that are there now. */
  public Cursor read(int list) {
    return new Cursor(count(list), list < size ? firsts[list] : 0);
  }

  /**
   * A place in a list.
   *
   * <p>Owned by the lane.
   */
  public final class Cursor {
    private int left;
    private byte[] block;
    private int position;
    private int length;

    private Cursor(int left, long first) {
      this.left = left;
      this.block = left == 0 ? new byte[0] : blocks[(int) (first >>> 32)];
      this.position = (int) first;
    }

    private Cursor(Cursor other) {
      this.left = other.left;
      this.block = other.block;
      this.position = other.position;
      this.length = other.length;
    }

    /** A cursor of its own that stands at the same place. */
    public Cursor copy() {
      return new Cursor(this);
    }

    /** How many strings follow. */
    public int left() {
      return left;
    }

    /** Goes to the next string; returns false if there is none. */
    public boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      position += length;
      int read = readLength();
      if (read == 0) {
        int nextBlock = readInt(position);
        position = readInt(position + Integer.BYTES);
        block = blocks[nextBlock];
        read = readLength();
      }
      length = read - 1;
      return true;
    }

    /** The array that holds the string at hand; not to be changed. */
    public byte[] bytes() {
      return block;
    }

    /** Where the string at hand starts in {@link #bytes}. */
    public int offset() {
      return position;
    }

    /** The length of the string at hand. */
    public int length() {
      return length;
    }

    private int readLength() {
      int result = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = block[position++];
        result |= (b & 0x7f) << shift;
        if (b >= 0) {
          return result;
        }
      }
    }

    private int readInt(int at) {
      return (block[at] & 0xff) << 24
          | (block[at + 1] & 0xff) << 16
          | (block[at + 2] & 0xff) << 8
          | (block[at + 3] & 0xff);
    }
  }

  private void startLists(int wanted) {
    if (wanted > firsts.length) {
      if (wanted > MAX_LISTS) {
        throw new IllegalStateException(
            "more than " + size + " groups in one lane; use more lanes");
      }
      int capacity = Math.max(wanted, 2 * firsts.length);
      firsts = Arrays.copyOf(firsts, capacity);
      tails = Arrays.copyOf(tails, 2 * capacity);
    }
    size = wanted;
  }

  /** Adds a slice with room for a string of this length to a list; returns where it starts. */
  private long addSlice(int list, int length) {
    long write = tails[2 * list];
    long count = tails[2 * list + 1] & 0xffffffffL;
    // Room for as many strings again as there are, as long as that is not very much.
    long doubled = count * (length + 2L);
    int bytes =
        Math.max(
            length + TRAILER + LONGEST_LENGTH,
            (int) Math.min(LARGEST_SLICE, Math.max(SMALLEST_SLICE, doubled)));
    long address = allocate(bytes);
    if (count == 0) {
      firsts[list] = address;
    } else {
      byte[] block = blocks[(int) (write >>> 32)];
      int position = (int) write;
      block[position] = 0;
      writeInt(block, position + 1, (int) (address >>> 32));
      writeInt(block, position + 1 + Integer.BYTES, (int) address);
    }
    tails[2 * list + 1] = (long) ((int) address + bytes) << 32 | count;
    return address;
  }

  private long allocate(int bytes) {
    if (bytes > BLOCK_BYTES / 4) {
      return (long) addBlock(bytes) << 32;
    }
    if (bytes > BLOCK_BYTES - fill) {
      fillBlock = addBlock(BLOCK_BYTES);
      fill = 0;
    }
    long address = (long) fillBlock << 32 | fill;
    fill += bytes;
    return address;
  }

  private int addBlock(int bytes) {
    if (blockCount == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * blockCount);
    }
    blocks[blockCount] = new byte[bytes];
    blockBytes += bytes;
    return blockCount++;
  }

  private static int writeLength(byte[] block, int at, int length) {
    int position = at;
    int rest = length + 1;
    while ((rest & ~0x7f) != 0) {
      block[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    block[position++] = (byte) rest;
    return position;
  }

  private static void writeInt(byte[] block, int at, int value) {
    block[at] = (byte) (value >>> 24);
    block[at + 1] = (byte) (value >>> 16);
    block[at + 2] = (byte) (value >>> 8);
    block[at + 3] = (byte) value;
  }
}
