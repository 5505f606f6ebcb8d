package dev.tidemark.benchmarks.parts;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementDecoder;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What it takes to encode an element for another lane, and to make it an element again there. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ExchangeBenchmark {
  private static final int ELEMENTS = 10_000;
  private static final int KEYS = 1_000;
  private static final int BYTES = 100;
  private static final int LANES = 2;

  /** What is encoded. */
  public enum Kind {
    /** A number with a number. */
    LONGS(KvCoder.of(VarLongCoder.of(), VarLongCoder.of())) {
      @Override
      KV<?, ?> element(long key, long value) {
        return KV.of(key, value);
      }
    },
    /** A word with a number. */
    WORDS(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())) {
      @Override
      KV<?, ?> element(long key, long value) {
        return KV.of("word" + key, value);
      }
    },
    /** A number with 100 bytes. */
    BLOBS(KvCoder.of(VarLongCoder.of(), ByteArrayCoder.of())) {
      @Override
      KV<?, ?> element(long key, long value) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) value);
        return KV.of(key, bytes);
      }
    };

    private final Coder<?> coder;

    Kind(Coder<?> coder) {
      this.coder = coder;
    }

    abstract KV<?, ?> element(long key, long value);
  }

  /** What is encoded. */
  @Param public Kind kind = Kind.LONGS;

  private final List<WindowedValue<?>> elements = new ArrayList<>();
  private final List<RecordBatch> pages = new ArrayList<>();
  private EdgeCoders edge = edge(Kind.LONGS);

  /** Makes the elements and encodes them. */
  @Setup
  public void make() {
    SplittableRandom random = new SplittableRandom(1);
    edge = edge(kind);
    for (int i = 0; i < ELEMENTS; i++) {
      elements.add(
          WindowedValues.valueInGlobalWindow(kind.element(random.nextLong(KEYS), i % KEYS)));
    }
    encodeInto((lane, page) -> pages.add(page));
  }

  private static EdgeCoders edge(Kind kind) {
    return new EdgeCoders("elements", "group", kind.coder, GlobalWindow.Coder.INSTANCE);
  }

  private void encodeInto(ElementEncoder.PageSink sink) {
    ElementEncoder encoder = ElementEncoder.byKey(edge, new KeyGroups(128, LANES), sink);
    for (WindowedValue<?> element : elements) {
      encoder.accept(element);
    }
    encoder.flush();
  }

  /** Encodes elements into pages. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void encode(Blackhole sink) {
    encodeInto((lane, page) -> sink.consume(page));
  }

  /** Makes elements of pages. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void decode(Blackhole sink) {
    ElementDecoder decoder = ElementDecoder.keyed(edge, true);
    for (RecordBatch page : pages) {
      decoder.start(page);
      while (decoder.next()) {
        sink.consume(decoder.element());
      }
    }
  }
}
