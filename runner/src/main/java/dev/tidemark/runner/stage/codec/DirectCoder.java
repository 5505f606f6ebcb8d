package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads what one of the most common coders does, byte for byte, without its way through
 * Java's streams, whose calls cannot be inlined as many coders share them.
 *
 * <p>Immutable.
 */
abstract sealed class DirectCoder {
  private static final Map<Class<?>, DirectCoder> ATOMIC =
      Map.of(
          StringUtf8Coder.class, new Text(),
          ByteArrayCoder.class, new Raw(),
          VarLongCoder.class, new VarLong(),
          VarIntCoder.class, new VarInt(),
          BigEndianLongCoder.class, new FixedLong(),
          BigEndianIntegerCoder.class, new FixedInt(),
          DoubleCoder.class, new FixedDouble(),
          BooleanCoder.class, new Flag());

  /** The direct way for {@code coder}, or null if there is none. */
  static @Nullable DirectCoder of(Coder<?> coder) {
    if (coder.getClass() == KvCoder.class) {
      KvCoder<?, ?> kvCoder = (KvCoder<?, ?>) coder;
      DirectCoder key = of(kvCoder.getKeyCoder());
      DirectCoder value = of(kvCoder.getValueCoder());
      return key == null || value == null ? null : new Pair(key, value);
    }
    return ATOMIC.get(coder.getClass());
  }

  /**
   * Appends the encoding of {@code value}.
   *
   * @param fills whether nothing follows in the segment: what Beam calls the outer context
   * @throws IOException if it is null
   */
  abstract void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException;

  /**
   * Reads a value.
   *
   * @param fills whether it takes all that is left
   * @throws IOException if the input ends too early or is no encoding
   */
  abstract Object read(ByteInput input, boolean fills) throws IOException;

  private static Object present(@Nullable Object value, String type) throws CoderException {
    if (value == null) {
      throw new CoderException("cannot encode a null " + type);
    }
    return value;
  }

  private static int readByte(ByteInput input) throws EOFException {
    int read = input.read();
    if (read < 0) {
      throw new EOFException("the encoding ends too early");
    }
    return read;
  }

  private static void writeVarLong(long value, ByteOutput output) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      output.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    output.write((int) rest);
  }

  private static long readVarLong(ByteInput input) throws IOException {
    long result = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int read = readByte(input);
      result |= (long) (read & 0x7f) << shift;
      if (read < 0x80) {
        return result;
      }
    }
    throw new IOException("a number of variable length has more than 64 bits");
  }

  private static void writeFixed(long value, int bytes, ByteOutput output) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      output.write((int) (value >>> shift));
    }
  }

  private static long readFixed(ByteInput input, int bytes) throws EOFException {
    long result = 0;
    for (int i = 0; i < bytes; i++) {
      result = result << 8 | readByte(input);
    }
    return result;
  }

  private static void writeBytes(byte[] bytes, ByteOutput output, boolean fills) {
    if (!fills) {
      writeVarLong(bytes.length, output);
    }
    output.write(bytes, 0, bytes.length);
  }

  private static byte[] readBytes(ByteInput input, boolean fills) throws IOException {
    if (fills) {
      return input.readAllBytes();
    }
    long length = readVarLong(input);
    if (length < 0 || length > input.available()) {
      throw new EOFException(length + " bytes are announced, " + input.available() + " are there");
    }
    byte[] bytes = new byte[(int) length];
    input.read(bytes, 0, bytes.length);
    return bytes;
  }

  private static final class Text extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      String text = (String) present(value, "String");
      writeBytes(text.getBytes(StandardCharsets.UTF_8), output, fills);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      return new String(readBytes(input, fills), StandardCharsets.UTF_8);
    }
  }

  private static final class Raw extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      writeBytes((byte[]) present(value, "byte[]"), output, fills);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      return readBytes(input, fills);
    }
  }

  private static final class VarLong extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      writeVarLong((Long) present(value, "Long"), output);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      return readVarLong(input);
    }
  }

  private static final class VarInt extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      writeVarLong(Integer.toUnsignedLong((Integer) present(value, "Integer")), output);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      long read = readVarLong(input);
      if (read >>> Integer.SIZE != 0) {
        throw new IOException("a number of variable length has more than 32 bits");
      }
      return (int) read;
    }
  }

  private static final class FixedLong extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      writeFixed((Long) present(value, "Long"), Long.BYTES, output);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      return readFixed(input, Long.BYTES);
    }
  }

  private static final class FixedInt extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      writeFixed((Integer) present(value, "Integer"), Integer.BYTES, output);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      return (int) readFixed(input, Integer.BYTES);
    }
  }

  private static final class FixedDouble extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      double number = (Double) present(value, "Double");
      writeFixed(Double.doubleToLongBits(number), Long.BYTES, output);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      return Double.longBitsToDouble(readFixed(input, Long.BYTES));
    }
  }

  private static final class Flag extends DirectCoder {
    @Override
    void write(@Nullable Object value, ByteOutput output, boolean fills) throws IOException {
      output.write((Boolean) present(value, "Boolean") ? 1 : 0);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      int read = readByte(input);
      if (read > 1) {
        throw new IOException("a boolean is 0 or 1, not " + read);
      }
      return read == 1;
    }
  }

  private static final class Pair extends DirectCoder {
    private final DirectCoder key;
    private final DirectCoder value;

    Pair(DirectCoder key, DirectCoder value) {
      this.key = key;
      this.value = value;
    }

    @Override
    void write(@Nullable Object pair, ByteOutput output, boolean fills) throws IOException {
      KV<?, ?> kv = (KV<?, ?>) present(pair, "KV");
      key.write(kv.getKey(), output, false);
      value.write(kv.getValue(), output, fills);
    }

    @Override
    Object read(ByteInput input, boolean fills) throws IOException {
      Object readKey = key.read(input, false);
      return KV.of(readKey, value.read(input, fills));
    }
  }
}
