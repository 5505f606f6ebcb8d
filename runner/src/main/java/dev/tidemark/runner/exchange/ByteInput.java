package dev.tidemark.runner.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * A range of a byte array as an input stream, to be used again for other ranges.
 *
 * <p>Takes no lock. Owned by whoever made it.
 */
public final class ByteInput extends InputStream {
  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private int mark;

  /** Reads from {@code offset} on, {@code length} bytes; the array is not copied. */
  public ByteInput reset(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    this.bytes = bytes;
    this.position = offset;
    this.mark = offset;
    this.end = offset + length;
    return this;
  }

  @Override
  public int read() {
    return position == end ? -1 : bytes[position++] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (position == end) {
      return -1;
    }
    int read = Math.min(length, end - position);
    System.arraycopy(bytes, position, into, offset, read);
    position += read;
    return read;
  }

  @Override
  public byte[] readAllBytes() {
    byte[] rest = Arrays.copyOfRange(bytes, position, end);
    position = end;
    return rest;
  }

  @Override
  public long skip(long n) {
    int skipped = (int) Math.max(0, Math.min(n, end - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return end - position;
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  @SuppressWarnings({"sync-override", "UnsynchronizedOverridesSynchronized"}) // one owner
  public void mark(int readLimit) {
    mark = position;
  }

  @Override
  @SuppressWarnings({"sync-override", "UnsynchronizedOverridesSynchronized"}) // one owner
  public void reset() {
    position = mark;
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    int rest = end - position;
    out.write(bytes, position, rest);
    position = end;
    return rest;
  }
}
