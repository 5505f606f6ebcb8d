package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one object into one segment, which it fills: what Beam calls the outer context. The bytes
 * are those that the coder itself writes; for the most common ones there is a shorter way there.
 *
 * <p>Owned by the lane.
 */
public abstract class SegmentCoder {

  private SegmentCoder() {}

  /** Encodes with {@code coder}. */
  @SuppressWarnings("unchecked") // the graph says that the values are of the coder's type
  public static SegmentCoder of(Coder<?> coder) {
    if (coder instanceof StringUtf8Coder) {
      return new Text();
    }
    if (coder instanceof ByteArrayCoder) {
      return new Raw();
    }
    return new Streamed((Coder<Object>) coder);
  }

  /**
   * Appends the encoding of {@code value}.
   *
   * @throws Exception what the coder throws
   */
  public abstract void encode(@Nullable Object value, ByteOutput output) throws Exception;

  /**
   * The value whose encoding is this range.
   *
   * @throws Exception what the coder throws
   */
  public abstract @Nullable Object decode(byte[] bytes, int offset, int length) throws Exception;

  private static final class Streamed extends SegmentCoder {
    private final Coder<Object> coder;
    private final ByteInput input = new ByteInput();

    Streamed(Coder<Object> coder) {
      this.coder = coder;
    }

    @Override
    @SuppressWarnings({"deprecation", "NullAway"}) // contexts are how a coder fills its segment;
    // whether null is allowed is the coder's matter
    public void encode(@Nullable Object value, ByteOutput output) throws Exception {
      coder.encode(value, output, Coder.Context.OUTER);
    }

    @Override
    @SuppressWarnings("deprecation")
    public @Nullable Object decode(byte[] bytes, int offset, int length) throws Exception {
      return coder.decode(input.reset(bytes, offset, length), Coder.Context.OUTER);
    }
  }

  private static final class Text extends SegmentCoder {
    @Override
    public void encode(@Nullable Object value, ByteOutput output) throws Exception {
      if (value == null) {
        throw new CoderException("cannot encode a null String");
      }
      output.write(((String) value).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length) {
      return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
  }

  private static final class Raw extends SegmentCoder {
    @Override
    public void encode(@Nullable Object value, ByteOutput output) throws Exception {
      if (value == null) {
        throw new CoderException("cannot encode a null byte[]");
      }
      output.write((byte[]) value);
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length) {
      return Arrays.copyOfRange(bytes, offset, offset + length);
    }
  }
}
