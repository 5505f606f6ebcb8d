package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.OutputPort;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of an exchange in one lane: encodes elements into pages for each receiving lane.
 *
 * <p>An element in several windows is sent once, with all its windows; one in no window does not
 * exist and is not sent. Every method that encodes throws a {@link CodingException} when a coder
 * fails. Owned by the lane.
 */
public abstract class ElementEncoder implements OutputPort {

  /** Takes the pages. */
  @FunctionalInterface
  public interface PageSink {
    /** Takes a page for a receiving lane. */
    void accept(int lane, RecordBatch page);
  }

  private final EdgeCoders edge;
  private final FrameCodec frames;
  private final PageBuilder[] targets;

  private ElementEncoder(EdgeCoders edge, int lanes, PageSink sink) {
    this.edge = edge;
    this.frames = new FrameCodec(edge);
    this.targets = new PageBuilder[lanes];
    for (int i = 0; i < lanes; i++) {
      int lane = i;
      targets[i] = new PageBuilder(page -> sink.accept(lane, page));
    }
  }

  /**
   * Sends each {@code KV} to the lane that owns its key; pages have key and value segments.
   *
   * @throws IllegalArgumentException if the edge's coder is not a {@link KvCoder}
   */
  public static ElementEncoder byKey(EdgeCoders edge, KeyGroups groups, PageSink sink) {
    return new ByKey(edge, groups, sink);
  }

  /**
   * Spreads elements evenly over the lanes.
   *
   * @param firstLane which lane gets the first one: another for each sender, so that few elements
   *     from many senders are spread, too
   */
  public static ElementEncoder any(EdgeCoders edge, int lanes, int firstLane, PageSink sink) {
    return new Unkeyed(edge, lanes, firstLane, sink);
  }

  @Override
  public final void accept(WindowedValue<?> element) {
    accept(element.getValue(), element);
  }

  @Override
  public final void accept(@Nullable Object value, WindowedValue<?> like) {
    if (like instanceof SingleWindowedValue || !like.getWindows().isEmpty()) {
      send(value, like.getTimestamp().getMillis(), frames.encode(like));
    }
  }

  abstract void send(@Nullable Object value, long timestampMillis, byte[] frame);

  /** Cuts the pages that are not full yet and gives them to the sink. */
  public final void flush() {
    for (PageBuilder target : targets) {
      target.cut();
    }
  }

  static void encodeInto(PageBuilder target, SegmentCoder segment, @Nullable Object value) {
    try {
      segment.encode(value, target.output());
    } catch (CodingException e) {
      target.abandonElement();
      throw e;
    }
  }

  private static final class ByKey extends ElementEncoder {
    private final KeyGroups groups;
    private final int[] laneOfGroup;
    private final SegmentCoder keySegment;
    private final SegmentCoder valueSegment;
    private final ByteOutput keyBytes = new ByteOutput();

    ByKey(EdgeCoders edge, KeyGroups groups, PageSink sink) {
      super(edge, groups.lanes(), sink);
      this.groups = groups;
      this.laneOfGroup = IntStream.range(0, groups.groups()).map(groups::laneOf).toArray();
      this.keySegment = SegmentCoder.ofKeys(edge);
      this.valueSegment = SegmentCoder.ofValues(edge);
    }

    @Override
    void send(@Nullable Object value, long timestampMillis, byte[] frame) {
      KV<?, ?> kv = (KV<?, ?>) value;
      if (kv == null) {
        throw CodingException.encoding(
            super.edge,
            "element",
            super.edge.elementCoder(),
            null,
            new NullPointerException("a null element has no key"));
      }
      keyBytes.truncate(0);
      keySegment.encode(kv.getKey(), keyBytes);
      int length = keyBytes.size();
      int hash = KeyGroups.hash(keyBytes.buffer(), 0, length);
      PageBuilder target = super.targets[laneOfGroup[groups.groupOf(hash)]];
      target.output().write(keyBytes.buffer(), 0, length);
      target.endKey();
      encodeInto(target, valueSegment, kv.getValue());
      target.endElement(timestampMillis, hash, frame);
    }
  }

  private static final class Unkeyed extends ElementEncoder {
    private final SegmentCoder segment;
    private int lane;

    Unkeyed(EdgeCoders edge, int lanes, int firstLane, PageSink sink) {
      super(edge, lanes, sink);
      this.segment = SegmentCoder.ofElements(edge);
      this.lane = firstLane % lanes;
    }

    @Override
    void send(@Nullable Object value, long timestampMillis, byte[] frame) {
      PageBuilder target = super.targets[lane];
      encodeInto(target, segment, value);
      target.endElement(timestampMillis, 0, frame);
      if (++lane == super.targets.length) {
        lane = 0;
      }
    }
  }
}
