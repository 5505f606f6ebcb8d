package dev.tidemark.runner.state;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * A growing buffer without locks. Numbers are written so that their bytes order as they do.
 *
 * <p>Owned by one thread.
 */
final class ByteWriter extends OutputStream {
  /** Ends an escaped byte string, see {@link #writeEscaped}. */
  static final int END_OF_ESCAPED = 0x01;

  /** Stands, after a zero, for a zero in an escaped byte string. */
  static final int ESCAPED_ZERO = 0xff;

  private byte[] buffer = new byte[64];
  private int length;

  @Override
  public void write(int b) {
    ensure(1);
    buffer[length++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    ensure(count);
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
  }

  void writeShort(int value) {
    write(value >>> 8);
    write(value);
  }

  void writeInt(int value) {
    writeShort(value >>> 16);
    writeShort(value);
  }

  /** Writes a signed number: eight bytes with the sign flipped. */
  void writeSigned(long value) {
    long flipped = value ^ Long.MIN_VALUE;
    writeInt((int) (flipped >>> 32));
    writeInt((int) flipped);
  }

  /** Writes a number that is not negative: how many bytes it has, then those. */
  void writeCount(long value) {
    int bytes = (Long.SIZE - Long.numberOfLeadingZeros(value) + 7) / 8;
    write(bytes);
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      write((int) (value >>> shift));
    }
  }

  /**
   * Writes a byte string so that whatever follows, strings order as they do themselves, and none is
   * the beginning of another: a zero becomes 00 FF, and 00 01 ends it.
   */
  void writeEscaped(byte[] bytes) {
    ensure(bytes.length + 2);
    for (byte b : bytes) {
      write(b);
      if (b == 0) {
        write(ESCAPED_ZERO);
      }
    }
    write(0);
    write(END_OF_ESCAPED);
  }

  int size() {
    return length;
  }

  void reset() {
    length = 0;
  }

  Bytes toBytes() {
    return Bytes.of(Arrays.copyOf(buffer, length));
  }

  private void ensure(int more) {
    if (buffer.length - length < more) {
      long wanted = Math.max(2L * buffer.length, (long) length + more);
      if ((long) length + more > Integer.MAX_VALUE - 16) {
        throw new IllegalStateException("an encoded value of 2 GiB or more cannot be kept");
      }
      buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
    }
  }
}
