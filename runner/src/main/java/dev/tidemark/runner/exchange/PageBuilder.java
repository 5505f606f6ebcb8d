package dev.tidemark.runner.exchange;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects encoded elements and cuts them into pages.
 *
 * <p>For each element: write the key segment, if there is one, to {@link #output()} and call {@link
 * #endKey}, write the value segment, call {@link #endElement}. When something fails in between,
 * call {@link #abandonElement}. A page is cut, and given to the sink, as soon as it is full.
 *
 * <p>Owned by the lane.
 */
public final class PageBuilder {
  /** The payload at which a page is full, in bytes. */
  public static final int TARGET_BYTES = 64 << 10;

  /** The number of elements at which a page is full. */
  public static final int TARGET_ELEMENTS = 4096;

  private final Consumer<RecordBatch> sink;
  private final int targetBytes;
  private final int targetElements;
  private final ByteOutput output;

  private int size;
  private int elementStart;
  private int keyEnd;
  private long[] timestamps = new long[16];
  private int[] keyHashes = new int[16];
  private int[] frameIndexes = new int[16];
  private int[] keyEnds = new int[16];
  private int[] ends = new int[16];

  private final BytesKeyTable frameTable = new BytesKeyTable();
  private byte[][] frames = new byte[4][];
  private byte @Nullable [] lastFrame;
  private int lastFrameIndex;

  /** Makes an empty builder that gives its pages to {@code sink}. */
  public PageBuilder(Consumer<RecordBatch> sink) {
    this(sink, TARGET_BYTES, TARGET_ELEMENTS, ByteOutput.MAX_BYTES);
  }

  /**
   * Makes an empty builder that cuts pages elsewhere than usual.
   *
   * @param sink takes the pages
   * @param targetBytes the payload at which a page is full
   * @param targetElements the number of elements at which a page is full
   * @param maxBytes the most that an element and those before it in the page may take
   */
  PageBuilder(Consumer<RecordBatch> sink, int targetBytes, int targetElements, int maxBytes) {
    this.sink = sink;
    this.targetBytes = targetBytes;
    this.targetElements = targetElements;
    this.output = new ByteOutput(1024, maxBytes);
  }

  /**
   * Where the segments of the current element go.
   *
   * <p>Writing throws {@link ElementTooLargeException} when the element comes near to 2 GiB.
   */
  public ByteOutput output() {
    return output;
  }

  /** Ends the key segment of the current element. */
  public void endKey() {
    keyEnd = output.size();
  }

  /**
   * Ends the current element.
   *
   * @param timestampMillis its event time
   * @param keyHash the hash of its key, or zero in a page that is not keyed
   * @param frame the encoding of its windows and pane, not copied; stored once per page. Handing in
   *     the same array again and again is the cheap way.
   */
  public void endElement(long timestampMillis, int keyHash, byte[] frame) {
    if (size == timestamps.length) {
      growColumns();
    }
    timestamps[size] = timestampMillis;
    keyHashes[size] = keyHash;
    frameIndexes[size] = frame == lastFrame ? lastFrameIndex : intern(frame);
    keyEnds[size] = keyEnd;
    ends[size] = output.size();
    size++;
    startElement();
    if (output.size() >= targetBytes || size >= targetElements) {
      cut();
    }
  }

  /** Forgets what was written since the last complete element. */
  public void abandonElement() {
    output.truncate(elementStart);
    startElement();
  }

  /** How many complete elements wait to be cut. */
  public int size() {
    return size;
  }

  /** Makes a page of the complete elements, if there are any, and gives it to the sink. */
  public void cut() {
    if (size == 0) {
      return;
    }
    abandonElement();
    RecordBatch page =
        new RecordBatch(
            size,
            Arrays.copyOf(timestamps, size),
            Arrays.copyOf(keyHashes, size),
            Arrays.copyOf(frameIndexes, size),
            Arrays.copyOf(keyEnds, size),
            Arrays.copyOf(ends, size),
            output.take(),
            Arrays.copyOf(frames, frameTable.size()));
    size = 0;
    startElement();
    frameTable.clear();
    Arrays.fill(frames, null);
    lastFrame = null;
    sink.accept(page);
  }

  private void startElement() {
    elementStart = output.size();
    keyEnd = elementStart;
  }

  private int intern(byte[] frame) {
    int before = frameTable.size();
    int index = frameTable.add(frame, 0, frame.length, Arrays.hashCode(frame), 0);
    if (index == before) {
      if (index == frames.length) {
        frames = Arrays.copyOf(frames, 2 * index);
      }
      frames[index] = frame;
    }
    lastFrame = frame;
    lastFrameIndex = index;
    return index;
  }

  private void growColumns() {
    int capacity = Math.min(targetElements, 2 * timestamps.length);
    timestamps = Arrays.copyOf(timestamps, capacity);
    keyHashes = Arrays.copyOf(keyHashes, capacity);
    frameIndexes = Arrays.copyOf(frameIndexes, capacity);
    keyEnds = Arrays.copyOf(keyEnds, capacity);
    ends = Arrays.copyOf(ends, capacity);
  }
}
