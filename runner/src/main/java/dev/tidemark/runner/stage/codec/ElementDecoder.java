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
  private @Nullable RecordBatch page;
  private @Nullable Frame[] pageFrames = {};
  private int index;
  private int windowIndex;
  private int windowCount;

  private @Nullable Key key;
  private @Nullable Object value;
  private @Nullable WindowedValue<?> position;
  private @Nullable Frame positionFrame;
  private Instant timestamp = Instant.ofEpochMilli(0);

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
    this.page = page;
    this.pageFrames = new @Nullable Frame[page.frameCount()];
    this.index = -1;
    this.windowCount = 0;
    this.windowIndex = 0;
  }

  /**
   * Goes to the next element, decoding it.
   *
   * @return false if there is none; then the page is let go
   * @throws CodingException if a coder fails
   */
  public boolean next() {
    RecordBatch current = page;
    if (current == null) {
      return false;
    }
    if (windowIndex + 1 < windowCount) {
      windowIndex++;
      position = exploded(frameOf(current, index));
      return true;
    }
    if (++index >= current.size()) {
      page = null;
      position = null;
      positionFrame = null;
      value = null;
      return false;
    }
    decode(current, frameOf(current, index));
    return true;
  }

  /**
   * Goes to an element wherever it is, instead of through a page, and decodes it.
   *
   * @throws CodingException if a coder fails
   */
  public void read(RecordBatch from, int at) {
    page = null;
    index = at;
    decode(from, frames.decode(from.frame(from.frameIndex(at))));
  }

  /** The element at hand. */
  public WindowedValue<?> element() {
    return OutputPort.element(value, position());
  }

  /** The value of the element at hand. */
  public @Nullable Object value() {
    return value;
  }

  /**
   * Windows, timestamp and pane of the element at hand, with any value: neighbours may share the
   * object, see {@link OutputPort#accept(Object, WindowedValue)}.
   */
  public WindowedValue<?> position() {
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
    if (key == null) {
      throw new IllegalStateException("no key at hand");
    }
    return key;
  }

  private void decode(RecordBatch current, Frame frame) {
    long millis = current.timestamp(index);
    value = decodeValue(current);
    windowIndex = 0;
    windowCount = explodeWindows ? frame.windows().size() : 1;
    if (frame != positionFrame || millis != timestamp.getMillis()) {
      if (millis != timestamp.getMillis()) {
        timestamp = Instant.ofEpochMilli(millis);
      }
      position =
          frame.windows().size() == 1 || explodeWindows
              ? exploded(frame)
              : frame.metadata().element(NO_VALUE, timestamp, frame.windows(), frame.pane());
      // Further windows of the element get positions of their own.
      positionFrame = windowCount == 1 ? frame : null;
    }
  }

  private WindowedValue<?> exploded(Frame frame) {
    return frame
        .metadata()
        .element(NO_VALUE, timestamp, frame.windows().get(windowIndex), frame.pane());
  }

  private @Nullable Object decodeValue(RecordBatch current) {
    Object decoded =
        valueSegment.decode(
            current.payload(), current.valueOffset(index), current.valueLength(index));
    return keySegment == null ? decoded : KV.of(decodeKey(current, keySegment).decoded(), decoded);
  }

  private Key decodeKey(RecordBatch current, SegmentCoder segment) {
    byte[] payload = current.payload();
    int from = current.keyOffset(index);
    int to = from + current.keyLength(index);
    Key last = key;
    if (last != null
        && Arrays.equals(last.encoded(), 0, last.encoded().length, payload, from, to)) {
      return last;
    }
    Key known =
        knownKeys == null
            ? null
            : knownKeys.known(payload, from, to - from, current.keyHash(index));
    if (known != null) {
      key = known;
      return known;
    }
    byte[] bytes = Arrays.copyOfRange(payload, from, to);
    last = new Key(bytes, segment.decode(bytes, 0, bytes.length), current.keyHash(index));
    key = last;
    return last;
  }

  private Frame frameOf(RecordBatch current, int element) {
    int frameIndex = current.frameIndex(element);
    Frame frame = pageFrames[frameIndex];
    if (frame == null) {
      frame = frames.decode(current.frame(frameIndex));
      pageFrames[frameIndex] = frame;
    }
    return frame;
  }
}
