package dev.tidemark.runner.exchange;

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
}
