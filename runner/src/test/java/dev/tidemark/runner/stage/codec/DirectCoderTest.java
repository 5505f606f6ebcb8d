package dev.tidemark.runner.stage.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.exchange.ByteInput;
import dev.tidemark.runner.exchange.ByteOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/** The direct ways against the coders that they stand in for. */
class DirectCoderTest {
  private static final List<Coder<?>> ATOMIC =
      List.of(
          StringUtf8Coder.of(),
          ByteArrayCoder.of(),
          VarLongCoder.of(),
          VarIntCoder.of(),
          BigEndianLongCoder.of(),
          BigEndianIntegerCoder.of(),
          DoubleCoder.of(),
          BooleanCoder.of());

  /** A value and its coder. */
  record Sample(Coder<?> coder, Object value) {
    DirectCoder direct() {
      return requireNonNull(DirectCoder.of(coder));
    }

    @SuppressWarnings({"unchecked", "deprecation"}) // the value is of the coder's type
    void encode(ByteOutput output, boolean fills) throws IOException {
      ((Coder<Object>) coder)
          .encode(value, output, fills ? Coder.Context.OUTER : Coder.Context.NESTED);
    }

    @SuppressWarnings("unchecked") // the value is of the coder's type
    Object structural(Object decoded) {
      return ((Coder<Object>) coder).structuralValue(decoded);
    }
  }

  @Property
  void writesWhatTheCoderWrites(@ForAll("samples") Sample sample, @ForAll boolean fills)
      throws IOException {
    ByteOutput expected = new ByteOutput();
    ByteOutput written = new ByteOutput();
    sample.encode(expected, fills);
    sample.direct().write(sample.value(), written, fills);
    assertThat(written.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Property
  void readsWhatTheCoderWrites(@ForAll("samples") Sample sample, @ForAll boolean fills)
      throws IOException {
    ByteOutput encoded = new ByteOutput();
    encoded.write(77); // it need not be at the start
    sample.encode(encoded, fills);
    int length = encoded.size() - 1;
    if (!fills) {
      encoded.write(99);
    }
    ByteInput input = new ByteInput().reset(encoded.toByteArray(), 1, encoded.size() - 1);
    Object read = sample.direct().read(input, fills);
    assertThat(sample.structural(read)).isEqualTo(sample.structural(sample.value()));
    assertThat(input.available()).isEqualTo(encoded.size() - 1 - length);
  }

  @Property
  void fails(@ForAll("samples") Sample sample) throws IOException {
    ByteOutput encoded = new ByteOutput();
    sample.encode(encoded, false);
    for (int length = 0; length < encoded.size(); length++) {
      ByteInput tooShort = new ByteInput().reset(encoded.toByteArray(), 0, length);
      assertThatThrownBy(() -> sample.direct().read(tooShort, false))
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> sample.direct().write(null, encoded, true))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot encode a null ");
    assertThatThrownBy(() -> sample.direct().write(new Object(), encoded, true))
        .isInstanceOf(ClassCastException.class);
  }

  @Test
  void numbersThatAreTooLongAreRefused() {
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) 0x80);
    for (Coder<?> coder : List.of(VarLongCoder.of(), VarIntCoder.of(), StringUtf8Coder.of())) {
      ByteInput input = new ByteInput().reset(endless, 0, endless.length);
      assertThatThrownBy(() -> requireNonNull(DirectCoder.of(coder)).read(input, false))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void thereIsNoneForOtherCoders() {
    assertThat(DirectCoder.of(IterableCoder.of(VarLongCoder.of()))).isNull();
    assertThat(DirectCoder.of(KvCoder.of(VarLongCoder.of(), IterableCoder.of(VarLongCoder.of()))))
        .isNull();
  }

  @Provide
  Arbitrary<Sample> samples() {
    Arbitrary<Sample> atomic = Arbitraries.of(ATOMIC).flatMap(DirectCoderTest::samplesOf);
    Arbitrary<Sample> pairs = pairs(atomic, atomic);
    return Arbitraries.oneOf(atomic, pairs, pairs(pairs, atomic), pairs(atomic, pairs));
  }

  private static Arbitrary<Sample> pairs(Arbitrary<Sample> keys, Arbitrary<Sample> values) {
    return Combinators.combine(keys, values)
        .as(
            (key, value) ->
                new Sample(
                    KvCoder.of(key.coder(), value.coder()), KV.of(key.value(), value.value())));
  }

  private static Arbitrary<Sample> samplesOf(Coder<?> coder) {
    Arbitrary<?> values;
    if (coder instanceof StringUtf8Coder) {
      values = Arbitraries.strings().ofMaxLength(200);
    } else if (coder instanceof ByteArrayCoder) {
      values = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    } else if (coder instanceof DoubleCoder) {
      values = Arbitraries.doubles();
    } else if (coder instanceof BooleanCoder) {
      values = Arbitraries.of(true, false);
    } else if (coder instanceof VarIntCoder || coder instanceof BigEndianIntegerCoder) {
      values = Arbitraries.integers();
    } else {
      values = Arbitraries.longs();
    }
    return values.map(value -> new Sample(coder, value));
  }
}
