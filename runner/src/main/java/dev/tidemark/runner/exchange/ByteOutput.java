package dev.tidemark.runner.exchange;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * A growing byte array as an output stream.
 *
 * <p>Unlike the JDK's it takes no lock, and being final it can be inlined into the many coders that
 * write byte by byte. Owned by whoever made it.
 */
public final class ByteOutput extends OutputStream {
  /** The most that one array can hold on common JVMs, less some room to put more beside it. */
  static final int MAX_BYTES = Integer.MAX_VALUE - 1024;

  private final int limit;
  private byte[] buffer;
  private int count;

  /** Makes an empty one. */
  public ByteOutput() {
    this(256, MAX_BYTES);
  }

  /**
   * Makes an empty one.
   *
   * @param initialBytes how much to allocate at first
   * @param limit how many bytes it may hold at most
   */
  ByteOutput(int initialBytes, int limit) {
    this.buffer = new byte[Math.min(initialBytes, limit)];
    this.limit = limit;
  }

  @Override
  public void write(int b) {
    if (count == buffer.length) {
      grow(1);
    }
    buffer[count++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (length > buffer.length - count) {
      grow(length);
    }
    System.arraycopy(bytes, offset, buffer, count, length);
    count += length;
  }

  /** How many bytes were written. */
  public int size() {
    return count;
  }

  /** What was written, from index 0; valid until the next write. */
  public byte[] buffer() {
    return buffer;
  }

  /** Forgets everything after the first {@code size} bytes. */
  public void truncate(int size) {
    if (size > count) {
      throw new IllegalArgumentException(size + " of " + count);
    }
    count = size;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, count);
  }

  /** Empties it and hands out what was written, in an array of exactly that length. */
  byte[] take() {
    byte[] taken;
    // A copy keeps the grown buffer for the next page; a buffer that is full or huge goes itself.
    if (count == buffer.length) {
      taken = buffer;
      buffer = new byte[Math.min(count, PageBuilder.TARGET_BYTES)];
    } else {
      taken = Arrays.copyOf(buffer, count);
      if (buffer.length > 2 * PageBuilder.TARGET_BYTES) {
        buffer = new byte[PageBuilder.TARGET_BYTES];
      }
    }
    count = 0;
    return taken;
  }

  private void grow(int more) {
    long needed = (long) count + more;
    if (needed > limit) {
      throw new ElementTooLargeException(limit);
    }
    int doubled = (int) Math.min(limit, Math.max(2L * buffer.length, 64));
    buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
  }
}
