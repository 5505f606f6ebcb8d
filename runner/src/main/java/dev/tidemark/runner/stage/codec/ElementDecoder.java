package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.OutputPort;
import java.util.Arrays;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of an exchange in one lane: goes through the elements of pages.
 *
 * <pre>{@code
 * decoder.start(page);
 * while (decoder.next()) {
 *   context.setCurrentKey(decoder.key()); // where pages are keyed
 *   processor.process(decoder.value(), decoder.position());
 * }
 * }</pre>
 *
 * <p>Owned by the lane.
 */
public final class ElementDecoder {
  private static final Object NO_VALUE = new Object();

  private final FrameCodec frames;
  private final boolean explodeWindows;
  private final @Nullable SegmentCoder keySegment;
  private final SegmentCoder valueSegment;

  private @Nullable KeyedCells knownKeys;
  private Cursor cursor = new Cursor(null);

  private ElementDecoder(EdgeCoders edge, boolean keyed, boolean explodeWindows) {
    this.frames = new FrameCodec(edge);
    this.explodeWindows = explodeWindows;
    this.keySegment = keyed ? SegmentCoder.ofKeys(edge) : null;
    this.valueSegment = keyed ? SegmentCoder.ofValues(edge) : SegmentCoder.ofElements(edge);
  }

  /**
   * Reads pages that were sent by key; the elements are {@code KV}s.
   *
   * @param explodeWindows whether an element in several windows shows up once for each of them
   * @throws IllegalArgumentException if the edge's coder is not a {@link KvCoder}
   */
  public static ElementDecoder keyed(EdgeCoders edge, boolean explodeWindows) {
    return new ElementDecoder(edge, true, explodeWindows);
  }

  /**
   * Reads pages that were not sent by key.
   *
   * @param explodeWindows whether an element in several windows shows up once for each of them
   */
  public static ElementDecoder unkeyed(EdgeCoders edge, boolean explodeWindows) {
    return new ElementDecoder(edge, false, explodeWindows);
  }

  /** Takes the keys that {@code cells} know from there; for pages that are keyed. */
  public void useKeysOf(KeyedCells cells) {
    knownKeys = cells;
  }

  /** Begins with {@code page}, before its first element. */
  public void start(RecordBatch page) {
    cursor = new Cursor(page);
  }

  /**
   * Goes to the next element, decoding it.
   *
   * @return false if there is none; then the page is let go
   * @throws CodingException if a coder fails
   */
  public boolean next() {
    Cursor at = cursor;
    RecordBatch page = at.page;
    if (page == null) {
      return false;
    }
    if (at.windowIndex + 1 < at.windowCount) {
      at.windowIndex++;
      at.position = exploded(at, frameOf(at, page));
      return true;
    }
    if (++at.index >= page.size()) {
      cursor = new Cursor(null);
      return false;
    }
    decode(at, page, frameOf(at, page));
    return true;
  }

  /** Begins with elements wherever they are, see {@link #read}; to be called again now and then. */
  public void startReading() {
    cursor = new Cursor(null);
  }

  /**
   * Goes to an element wherever it is, instead of through a page, and decodes it.
   *
   * @throws CodingException if a coder fails
   */
  public void read(RecordBatch from, int index) {
    Cursor at = cursor;
    at.page = null;
    at.index = index;
    decode(at, from, frames.decode(from.frame(from.frameIndex(index))));
  }

  /** The element at hand. */
  public WindowedValue<?> element() {
    return OutputPort.element(value(), position());
  }

  /** The value of the element at hand. */
  public @Nullable Object value() {
    return cursor.value;
  }

  /**
   * Windows, timestamp and pane of the element at hand, with any value: neighbours may share the
   * object, see {@link OutputPort#accept(Object, WindowedValue)}.
   */
  public WindowedValue<?> position() {
    WindowedValue<?> position = cursor.position;
    if (position == null) {
      throw new IllegalStateException("no element at hand");
    }
    return position;
  }

  /**
   * The key of the element at hand.
   *
   * @throws IllegalStateException if pages are not keyed
   */
  public Key key() {
    Key key = cursor.key;
    if (key == null) {
      throw new IllegalStateException("no key at hand");
    }
    return key;
  }

  @SuppressWarnings("ReferenceEquality") // equal frames of a page are the same object
  private void decode(Cursor at, RecordBatch page, Frame frame) {
    long millis = page.timestamp(at.index);
    at.value = decodeValue(at, page);
    at.windowIndex = 0;
    at.windowCount = explodeWindows ? frame.windows().size() : 1;
    if (frame != at.positionFrame || millis != at.timestamp.getMillis()) {
      if (millis != at.timestamp.getMillis()) {
        at.timestamp = Instant.ofEpochMilli(millis);
      }
      at.position =
          frame.windows().size() == 1 || explodeWindows
              ? exploded(at, frame)
              : frame.metadata().element(NO_VALUE, at.timestamp, frame.windows(), frame.pane());
      // Further windows of the element get positions of their own.
      at.positionFrame = at.windowCount == 1 ? frame : null;
    }
  }

  private static WindowedValue<?> exploded(Cursor at, Frame frame) {
    return frame
        .metadata()
        .element(NO_VALUE, at.timestamp, frame.windows().get(at.windowIndex), frame.pane());
  }

  private @Nullable Object decodeValue(Cursor at, RecordBatch page) {
    Object decoded =
        valueSegment.decode(page.payload(), page.valueOffset(at.index), page.valueLength(at.index));
    return keySegment == null ? decoded : KV.of(decodeKey(at, page, keySegment).decoded(), decoded);
  }

  private Key decodeKey(Cursor at, RecordBatch page, SegmentCoder segment) {
    byte[] payload = page.payload();
    int from = page.keyOffset(at.index);
    int to = from + page.keyLength(at.index);
    Key last = at.key;
    if (last != null
        && Arrays.equals(last.encoded(), 0, last.encoded().length, payload, from, to)) {
      return last;
    }
    Key known =
        knownKeys == null
            ? null
            : knownKeys.known(payload, from, to - from, page.keyHash(at.index));
    if (known != null) {
      at.key = known;
      return known;
    }
    byte[] bytes = Arrays.copyOfRange(payload, from, to);
    last = new Key(bytes, segment.decode(bytes, 0, bytes.length), page.keyHash(at.index));
    at.key = last;
    return last;
  }

  private Frame frameOf(Cursor at, RecordBatch page) {
    int frameIndex = page.frameIndex(at.index);
    Frame frame = at.frames[frameIndex];
    if (frame == null) {
      frame = frames.decode(page.frame(frameIndex));
      at.frames[frameIndex] = frame;
    }
    return frame;
  }

  /**
   * Where it is, and the element there. Each page has one of its own: what is written into an
   * object that has become old, the garbage collector has to be told each time, which takes longer
   * than to decode a number.
   */
  private static final class Cursor {
    private final @Nullable Frame[] frames;
    private @Nullable RecordBatch page;
    private int index = -1;
    private int windowIndex;
    private int windowCount;
    private @Nullable Key key;
    private @Nullable Object value;
    private @Nullable WindowedValue<?> position;
    private @Nullable Frame positionFrame;
    private Instant timestamp = Instant.EPOCH;

    Cursor(@Nullable RecordBatch page) {
      this.page = page;
      this.frames = new @Nullable Frame[page == null ? 0 : page.frameCount()];
    }
  }
}
