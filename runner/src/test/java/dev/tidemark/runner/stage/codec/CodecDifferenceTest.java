package dev.tidemark.runner.stage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** What comes out of our ways to encode elements, against Beam's coder of windowed values. */
class CodecDifferenceTest {
  private static final Arbitrary<String> TEXTS = Arbitraries.strings().ofMaxLength(5);
  private static final Arbitrary<byte[]> BYTES =
      Arbitraries.bytes().array(byte[].class).ofMaxSize(5);

  /** Elements, and how they and their windows are encoded. */
  record Sample(
      KvCoder<?, ?> coder,
      Coder<? extends BoundedWindow> windowCoder,
      List<WindowedValue<Object>> elements) {
    EdgeCoders edge() {
      return new EdgeCoders("Sum/Group", "Parse.out", coder, windowCoder);
    }
  }

  /** All of an element, in a form that can be compared. */
  record Seen(
      @Nullable Object value,
      Instant timestamp,
      List<? extends BoundedWindow> windows,
      PaneInfo pane) {
    @SuppressWarnings("unchecked") // the elements are of the coder's type
    static Seen of(Sample sample, WindowedValue<?> element) {
      return new Seen(
          ((Coder<Object>) (Coder<?>) sample.coder()).structuralValue(element.getValue()),
          element.getTimestamp(),
          List.copyOf(element.getWindows()),
          element.getPaneInfo());
    }

    static List<Seen> all(Sample sample, List<? extends WindowedValue<?>> elements) {
      return elements.stream().map(element -> of(sample, element)).toList();
    }
  }

  @SuppressWarnings("unchecked") // the elements are of the coder's type
  private static List<Seen> throughBeam(Sample sample, boolean exploded) throws Exception {
    Coder<WindowedValue<Object>> coder =
        WindowedValues.getFullCoder(
            (Coder<Object>) (Coder<?>) sample.coder(), sample.windowCoder());
    List<Seen> seen = new ArrayList<>();
    for (WindowedValue<Object> element : sample.elements()) {
      WindowedValue<Object> copy = CoderUtils.clone(coder, element);
      for (WindowedValue<Object> one : exploded ? copy.explodeWindows() : List.of(copy)) {
        seen.add(Seen.of(sample, one));
      }
    }
    return seen;
  }

  private static List<Seen> decoded(
      Sample sample, ElementDecoder decoder, List<RecordBatch> pages) {
    List<WindowedValue<?>> elements = new ArrayList<>();
    for (RecordBatch page : pages) {
      decoder.start(page);
      while (decoder.next()) {
        elements.add(decoder.element());
      }
    }
    return Seen.all(sample, elements);
  }

  @Property(tries = 200)
  void anExchangeInOrder(
      @ForAll("samples") Sample sample,
      @ForAll boolean keyed,
      @ForAll boolean exploded,
      @ForAll @IntRange(min = 1, max = 50) int flushEvery)
      throws Exception {
    EdgeCoders edge = sample.edge();
    List<RecordBatch> pages = new ArrayList<>();
    ElementEncoder encoder =
        keyed
            ? ElementEncoder.byKey(edge, new KeyGroups(7, 1), (lane, page) -> pages.add(page))
            : ElementEncoder.any(edge, 1, 0, (lane, page) -> pages.add(page));
    for (int i = 0; i < sample.elements().size(); i++) {
      encoder.accept(sample.elements().get(i));
      if (i % flushEvery == 0) {
        encoder.flush();
      }
    }
    encoder.flush();
    ElementDecoder decoder =
        keyed ? ElementDecoder.keyed(edge, exploded) : ElementDecoder.unkeyed(edge, exploded);
    assertThat(decoded(sample, decoder, pages)).isEqualTo(throughBeam(sample, exploded));
  }

  @Property(tries = 100)
  void storedElements(@ForAll("samples") Sample sample) throws Exception {
    StoredElementCoder coder = new StoredElementCoder(sample.edge());
    List<WindowedValue<Object>> read = new ArrayList<>();
    for (WindowedValue<Object> element : sample.elements()) {
      read.add(CoderUtils.clone(coder, element));
    }
    assertThat(Seen.all(sample, read)).isEqualTo(throughBeam(sample, false));
  }

  @Property(tries = 100)
  void frames(@ForAll("samples") Sample sample) throws Exception {
    // One that decodes what another has encoded, in another order: neither may rely on the other.
    FrameCodec encoder = new FrameCodec(sample.edge());
    FrameCodec decoder = new FrameCodec(sample.edge());
    List<byte[]> encoded = new ArrayList<>();
    sample.elements().forEach(element -> encoded.add(encoder.encode(element)));
    List<Seen> expected = throughBeam(sample, false);
    for (int i = encoded.size() - 1; i >= 0; i--) {
      Frame frame = decoder.decode(encoded.get(i));
      assertThat(frame.windows()).isEqualTo(expected.get(i).windows());
      assertThat(frame.pane()).isEqualTo(expected.get(i).pane());
    }
  }

  @Provide
  Arbitrary<Sample> samples() {
    return Arbitraries.oneOf(
        samples(
            KvCoder.of(StringUtf8Coder.of(), NullableCoder.of(VarLongCoder.of())),
            TEXTS,
            Arbitraries.longs().injectNull(0.2)),
        samples(
            KvCoder.of(ByteArrayCoder.of(), IterableCoder.of(StringUtf8Coder.of())),
            BYTES,
            TEXTS.list().ofMaxSize(3)),
        samples(
            KvCoder.of(
                NullableCoder.of(VarLongCoder.of()),
                KvCoder.of(DoubleCoder.of(), ByteArrayCoder.of())),
            Arbitraries.longs().injectNull(0.2),
            Combinators.combine(Arbitraries.doubles(), BYTES).as(KV::of)));
  }

  private static Arbitrary<Sample> samples(
      KvCoder<?, ?> coder, Arbitrary<?> keys, Arbitrary<?> values) {
    Arbitrary<Object> kvs = Combinators.combine(keys, values).as((key, value) -> KV.of(key, value));
    return Arbitraries.oneOf(
        samples(coder, GlobalWindow.Coder.INSTANCE, kvs, Arbitraries.just(GlobalWindow.INSTANCE)),
        samples(coder, IntervalWindow.getCoder(), kvs, intervals()),
        samples(coder, NamedWindow.CODER, kvs, TEXTS.map(NamedWindow::new)));
  }

  /** Few of them, so that neighbours share some, but more than are kept at hand. */
  private static Arbitrary<IntervalWindow> intervals() {
    return Combinators.combine(
            Arbitraries.integers().between(-15, 15), Arbitraries.of(0L, 10L, 1L << 40))
        .as(
            (start, length) ->
                new IntervalWindow(
                    Instant.ofEpochMilli(start * 10), Instant.ofEpochMilli(start * 10 + length)));
  }

  private static Arbitrary<Sample> samples(
      KvCoder<?, ?> coder,
      Coder<? extends BoundedWindow> windowCoder,
      Arbitrary<Object> values,
      Arbitrary<? extends BoundedWindow> windows) {
    Arbitrary<Long> timestamps =
        Arbitraries.longs()
            .between(
                BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis(),
                BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    return Combinators.combine(
            values, timestamps, windows.list().ofMinSize(1).ofMaxSize(3), panes())
        .as(
            (value, timestamp, in, pane) ->
                WindowedValues.of(value, Instant.ofEpochMilli(timestamp), in, pane))
        .list()
        .ofMaxSize(150)
        .map(elements -> new Sample(coder, windowCoder, elements));
  }

  private static Arbitrary<PaneInfo> panes() {
    return Combinators.combine(
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(PaneInfo.Timing.class),
            Arbitraries.longs().between(0, 300),
            Arbitraries.longs().between(0, 300))
        .as(
            (first, last, timing, index, onTimeIndex) ->
                PaneInfo.createPane(
                    first,
                    last,
                    timing,
                    index,
                    timing == PaneInfo.Timing.EARLY ? -1 : Math.min(index, onTimeIndex)));
  }
}
