package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.StoredValues;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps elements in their lane: as they are, or, when they are too many or too large, encoded in
 * pages, which may leave memory.
 *
 * <p>Owned by the sending lane.
 */
final class ForwardEdge implements OutboundEdge {
  /** What is kept as it is in a round. */
  private static final int MOST_ELEMENTS = 20_000;

  private static final long MOST_BYTES = 4 << 20;

  /** The size of an element is that of one of so many. */
  private static final int SAMPLE_EVERY = 64;

  private final InboundEdge target;
  private final Components components;
  private final int lane;
  private final ByteOutput sample = new ByteOutput();
  private @Nullable Encoding encoding;
  private int untilSample;
  private long sampledBytes;
  private int elements;
  private long bytes;

  /** What most edges never need, as few elements come over them. */
  private record Encoding(SegmentCoder element, ElementEncoder encoder) {}

  /** Makes the end of {@code target} in {@code lane}. */
  ForwardEdge(InboundEdge target, Components components, int lane) {
    this.target = target;
    this.components = components;
    this.lane = lane;
  }

  @Override
  public void accept(WindowedValue<?> element) {
    StoredValues stored = storedValues(element.getValue());
    boolean asItIs =
        stored == null
            ? !target.isWaiting() && hasRoom(element.getValue())
            : !target.isWaiting() || stored.areOnDisk();
    if (asItIs) {
      target.forward(lane, element);
    } else {
      encoding().encoder().accept(element);
    }
  }

  private static @Nullable StoredValues storedValues(@Nullable Object value) {
    return value instanceof KV<?, ?> kv && kv.getValue() instanceof StoredValues stored
        ? stored
        : null;
  }

  private boolean hasRoom(@Nullable Object value) {
    if (elements == MOST_ELEMENTS || bytes > MOST_BYTES) {
      return false;
    }
    if (--untilSample < 0) {
      untilSample = SAMPLE_EVERY - 1;
      sample.truncate(0);
      encoding().element().encode(value, sample);
      sampledBytes = sample.size();
    }
    elements++;
    bytes += sampledBytes;
    return true;
  }

  private Encoding encoding() {
    Encoding made = encoding;
    if (made == null) {
      EdgeCoders coders =
          EdgeCoders.of(components, target.edge().collection(), target.consumer().fullName());
      made =
          new Encoding(
              SegmentCoder.ofElements(coders),
              ElementEncoder.any(coders, 1, 0, (one, page) -> target.send(lane, lane, page)));
      encoding = made;
    }
    return made;
  }

  /** Ends the sender's round; whatever it has sent is taken before the next one. */
  @Override
  public void flush() {
    if (encoding != null) {
      encoding.encoder().flush();
    }
    elements = 0;
    bytes = 0;
  }
}
