package dev.tidemark.runner.state;

import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads what a {@link ByteWriter} wrote, without locks.
 *
 * <p>Owned by one thread.
 */
final class ByteReader extends InputStream {
  private final byte[] bytes;
  private int position;

  ByteReader(Bytes bytes) {
    this(bytes, 0);
  }

  ByteReader(Bytes bytes, int position) {
    this.bytes = bytes.array();
    this.position = position;
  }

  @Override
  public int read() {
    return position < bytes.length ? bytes[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int count) {
    if (count == 0) {
      return 0;
    }
    if (position >= bytes.length) {
      return -1;
    }
    int taken = Math.min(count, bytes.length - position);
    System.arraycopy(bytes, position, target, offset, taken);
    position += taken;
    return taken;
  }

  @Override
  public long skip(long count) {
    int skipped = (int) Math.max(0, Math.min(count, bytes.length - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return bytes.length - position;
  }

  int position() {
    return position;
  }

  int readByte() {
    if (position >= bytes.length) {
      throw corrupt("it ends too early");
    }
    return bytes[position++] & 0xff;
  }

  int readShort() {
    return readByte() << 8 | readByte();
  }

  int readInt() {
    return readShort() << 16 | readShort();
  }

  long readSigned() {
    long high = readInt() & 0xffffffffL;
    long low = readInt() & 0xffffffffL;
    return (high << 32 | low) ^ Long.MIN_VALUE;
  }

  long readCount() {
    int count = readByte();
    if (count > Long.BYTES) {
      throw corrupt("a number has " + count + " bytes");
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | readByte();
    }
    return value;
  }

  byte[] readEscaped() {
    byte[] plain = new byte[bytes.length - position];
    int length = 0;
    while (true) {
      int b = readByte();
      if (b == 0) {
        int next = readByte();
        if (next == ByteWriter.END_OF_ESCAPED) {
          return Arrays.copyOf(plain, length);
        }
        if (next != ByteWriter.ESCAPED_ZERO) {
          throw corrupt("an escaped byte string has 00 " + Integer.toHexString(next));
        }
      }
      plain[length++] = (byte) b;
    }
  }

  byte[] readRest() {
    byte[] rest = Arrays.copyOfRange(bytes, position, bytes.length);
    position = bytes.length;
    return rest;
  }

  private IllegalStateException corrupt(String why) {
    return new IllegalStateException(
        "unreadable state entry " + Bytes.of(bytes) + " at byte " + position + ": " + why);
  }
}
