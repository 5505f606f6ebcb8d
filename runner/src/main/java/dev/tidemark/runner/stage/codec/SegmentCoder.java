package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one part of an element into one segment, which it fills: what Beam calls the outer
 * context. The bytes are those that the coder itself writes; for the most common ones there is a
 * shorter way there.
 *
 * <p>Owned by the lane.
 */
public abstract class SegmentCoder {
  private final EdgeCoders edge;
  private final String part;
  private final Coder<?> coder;

  private SegmentCoder(EdgeCoders edge, String part, Coder<?> coder) {
    this.edge = edge;
    this.part = part;
    this.coder = coder;
  }

  /**
   * Encodes the keys of an edge.
   *
   * @throws IllegalArgumentException if its coder is not a {@code KvCoder}
   */
  public static SegmentCoder ofKeys(EdgeCoders edge) {
    return of(edge, "key", edge.kvCoder().getKeyCoder());
  }

  /**
   * Encodes the values of an edge.
   *
   * @throws IllegalArgumentException if its coder is not a {@code KvCoder}
   */
  public static SegmentCoder ofValues(EdgeCoders edge) {
    return of(edge, "value", edge.kvCoder().getValueCoder());
  }

  /** Encodes whole elements of an edge. */
  public static SegmentCoder ofElements(EdgeCoders edge) {
    return of(edge, "element", edge.elementCoder());
  }

  @SuppressWarnings("unchecked") // the graph says that the values are of the coder's type
  private static SegmentCoder of(EdgeCoders edge, String part, Coder<?> coder) {
    DirectCoder direct = DirectCoder.of(coder);
    if (direct != null) {
      return new Direct(edge, part, coder, direct);
    }
    return new Streamed(edge, part, (Coder<Object>) coder);
  }

  /**
   * Appends the encoding of {@code value}. What was written before a failure stays.
   *
   * @throws CodingException if the coder fails or the encoding is too large
   */
  public final void encode(@Nullable Object value, ByteOutput output) {
    try {
      write(value, output);
    } catch (IOException | RuntimeException e) {
      throw CodingException.encoding(edge, part, coder, value, e);
    }
  }

  /**
   * The value whose encoding is this range.
   *
   * @throws CodingException if the coder fails
   */
  public final @Nullable Object decode(byte[] bytes, int offset, int length) {
    try {
      return read(bytes, offset, length);
    } catch (IOException | RuntimeException e) {
      throw CodingException.decoding(edge, part, coder, e);
    }
  }

  abstract void write(@Nullable Object value, ByteOutput output) throws IOException;

  abstract @Nullable Object read(byte[] bytes, int offset, int length) throws IOException;

  private static final class Streamed extends SegmentCoder {
    private final Coder<Object> coder;
    private final ByteInput input = new ByteInput();

    Streamed(EdgeCoders edge, String part, Coder<Object> coder) {
      super(edge, part, coder);
      this.coder = coder;
    }

    @Override
    @SuppressWarnings({"deprecation", "NullAway"}) // contexts are how a coder fills its segment;
    // whether null is allowed is the coder's matter
    void write(@Nullable Object value, ByteOutput output) throws IOException {
      coder.encode(value, output, Coder.Context.OUTER);
    }

    @Override
    @SuppressWarnings("deprecation")
    @Nullable Object read(byte[] bytes, int offset, int length) throws IOException {
      return coder.decode(input.reset(bytes, offset, length), Coder.Context.OUTER);
    }
  }

  private static final class Direct extends SegmentCoder {
    private final DirectCoder direct;
    private final ByteInput input = new ByteInput();

    Direct(EdgeCoders edge, String part, Coder<?> coder, DirectCoder direct) {
      super(edge, part, coder);
      this.direct = direct;
    }

    @Override
    void write(@Nullable Object value, ByteOutput output) throws IOException {
      direct.write(value, output, true);
    }

    @Override
    Object read(byte[] bytes, int offset, int length) throws IOException {
      return direct.read(input.reset(bytes, offset, length), true);
    }
  }
}
