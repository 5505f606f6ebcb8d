package dev.tidemark.runner.exchange;

import java.nio.ByteBuffer;

/**
 * A page of encoded elements: columns of fixed-width headers and one opaque payload.
 *
 * <p>Element {@code i} has a timestamp, the hash of its key, an index into the page's table of
 * frames (a frame is the encoding of windows and pane, which many elements share), and in the
 * payload a key segment (empty in a page that is not keyed) directly followed by a value segment.
 *
 * <p>Immutable once made; nobody writes to the arrays handed out.
 */
public final class RecordBatch {
  private final int size;
  private final long[] timestamps;
  private final int[] keyHashes;
  private final int[] frameIndexes;
  private final int[] keyEnds;
  private final int[] ends;
  private final byte[] payload;
  private final byte[][] frames;

  RecordBatch(
      int size,
      long[] timestamps,
      int[] keyHashes,
      int[] frameIndexes,
      int[] keyEnds,
      int[] ends,
      byte[] payload,
      byte[][] frames) {
    this.size = size;
    this.timestamps = timestamps;
    this.keyHashes = keyHashes;
    this.frameIndexes = frameIndexes;
    this.keyEnds = keyEnds;
    this.ends = ends;
    this.payload = payload;
    this.frames = frames;
  }

  /** A page of one element without a key; the bytes are not copied. */
  static RecordBatch ofOne(byte[] value) {
    return new RecordBatch(
        1,
        new long[1],
        new int[1],
        new int[1],
        new int[1],
        new int[] {value.length},
        value,
        new byte[][] {{}});
  }

  /** How many elements it holds. */
  public int size() {
    return size;
  }

  /** The element's event time in milliseconds. */
  public long timestamp(int i) {
    return timestamps[i];
  }

  /** The hash of the element's key; zero in a page that is not keyed. */
  public int keyHash(int i) {
    return keyHashes[i];
  }

  /** Which of the page's frames holds the element's windows and pane. */
  public int frameIndex(int i) {
    return frameIndexes[i];
  }

  /** How many frames there are. */
  public int frameCount() {
    return frames.length;
  }

  /** The frame of this index; not to be changed. */
  public byte[] frame(int index) {
    return frames[index];
  }

  /** Where the element's key segment starts in {@link #payload()}. */
  public int keyOffset(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  /** The length of the key segment in bytes. */
  public int keyLength(int i) {
    return keyEnds[i] - keyOffset(i);
  }

  /** Where the element's value segment starts in {@link #payload()}. */
  public int valueOffset(int i) {
    return keyEnds[i];
  }

  /** The length of the value segment in bytes. */
  public int valueLength(int i) {
    return ends[i] - keyEnds[i];
  }

  /** Keys and values; not to be changed. */
  public byte[] payload() {
    return payload;
  }

  /** The size of the payload in bytes. */
  public int payloadBytes() {
    return size == 0 ? 0 : ends[size - 1];
  }

  /** About how much memory it takes, in bytes. */
  public long memoryBytes() {
    return payload.length + (long) size * (Long.BYTES + 4 * Integer.BYTES) + 128;
  }

  /** Appends a copy of an element to a page under construction. */
  public void copyTo(PageBuilder builder, int i) {
    builder.output().write(payload, keyOffset(i), keyLength(i));
    builder.endKey();
    builder.output().write(payload, valueOffset(i), valueLength(i));
    builder.endElement(timestamps[i], keyHashes[i], frames[frameIndexes[i]]);
  }

  /** All but the payload, for {@link #of}. */
  byte[] columns() {
    int bytes = 2 * Integer.BYTES + size * (Long.BYTES + 4 * Integer.BYTES);
    for (byte[] frame : frames) {
      bytes += Integer.BYTES + frame.length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    buffer.putInt(size).putInt(frames.length);
    buffer.asLongBuffer().put(timestamps, 0, size);
    buffer.position(buffer.position() + size * Long.BYTES);
    for (int[] column : new int[][] {keyHashes, frameIndexes, keyEnds, ends}) {
      buffer.asIntBuffer().put(column, 0, size);
      buffer.position(buffer.position() + size * Integer.BYTES);
    }
    for (byte[] frame : frames) {
      buffer.putInt(frame.length).put(frame);
    }
    return buffer.array();
  }

  /** The page that has these {@link #columns} and this payload; neither is copied. */
  static RecordBatch of(byte[] columns, byte[] payload) {
    ByteBuffer buffer = ByteBuffer.wrap(columns);
    int size = buffer.getInt();
    byte[][] frames = new byte[buffer.getInt()][];
    long[] timestamps = new long[size];
    buffer.asLongBuffer().get(timestamps);
    buffer.position(buffer.position() + size * Long.BYTES);
    int[] keyHashes = readInts(buffer, size);
    int[] frameIndexes = readInts(buffer, size);
    int[] keyEnds = readInts(buffer, size);
    int[] ends = readInts(buffer, size);
    for (int i = 0; i < frames.length; i++) {
      frames[i] = new byte[buffer.getInt()];
      buffer.get(frames[i]);
    }
    return new RecordBatch(
        size, timestamps, keyHashes, frameIndexes, keyEnds, ends, payload, frames);
  }

  private static int[] readInts(ByteBuffer buffer, int size) {
    int[] column = new int[size];
    buffer.asIntBuffer().get(column);
    buffer.position(buffer.position() + size * Integer.BYTES);
    return column;
  }
}
