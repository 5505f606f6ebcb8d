package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ByteOutput;
import dev.tidemark.runner.stage.Key;
import java.util.Arrays;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Finds the key of elements that come without it, over an edge that did not encode them.
 *
 * <p>Owned by the lane.
 */
public final class KeyEncoder {
  private final EdgeCoders edge;
  private final SegmentCoder segment;
  private final ByteOutput bytes = new ByteOutput();

  private KeyEncoder(EdgeCoders edge) {
    this.edge = edge;
    this.segment = SegmentCoder.ofKeys(edge);
  }

  /**
   * Encodes the keys of an edge.
   *
   * @throws IllegalArgumentException if its coder is not a {@code KvCoder}
   */
  public static KeyEncoder of(EdgeCoders edge) {
    return new KeyEncoder(edge);
  }

  /**
   * The key of {@code element}, a {@code KV}.
   *
   * @throws CodingException if the key cannot be encoded
   */
  public Key keyOf(WindowedValue<?> element) {
    if (!(element.getValue() instanceof KV<?, ?> kv)) {
      throw CodingException.encoding(
          edge,
          "element",
          edge.elementCoder(),
          element.getValue(),
          new IllegalArgumentException("it has no key"));
    }
    bytes.truncate(0);
    segment.encode(kv.getKey(), bytes);
    return new Key(Arrays.copyOf(bytes.buffer(), bytes.size()), kv.getKey());
  }
}
