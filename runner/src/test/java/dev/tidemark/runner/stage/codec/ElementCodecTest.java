package dev.tidemark.runner.stage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
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
import org.junit.jupiter.api.Test;

class ElementCodecTest {
  private static final Coder<KV<String, @Nullable List<Long>>> KV_CODER =
      KvCoder.of(StringUtf8Coder.of(), NullableCoder.of(ListCoder.of(VarLongCoder.of())));

  private final Map<Integer, List<RecordBatch>> pages = new LinkedHashMap<>();

  @Property(tries = 200)
  void keyedElementsSurvive(
      @ForAll("elements") List<WindowedValue<KV<String, @Nullable List<Long>>>> elements,
      @ForAll @IntRange(min = 1, max = 4) int lanes,
      @ForAll @IntRange(min = 1, max = 10) int flushEvery) {
    pages.clear();
    KeyGroups groups = new KeyGroups(7, lanes);
    EdgeCoders edge = edge(KV_CODER, IntervalWindow.getCoder());
    ElementEncoder encoder = ElementEncoder.byKey(edge, groups, this::collect);
    encode(encoder, elements, flushEvery);

    List<WindowedValue<?>> received = new ArrayList<>();
    List<WindowedValue<?>> expected = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      ElementDecoder decoder = ElementDecoder.keyed(edge, false);
      for (RecordBatch page : received(lane)) {
        decoder.start(page);
        while (decoder.next()) {
          received.add(decoder.element());
          Key key = decoder.key();
          KV<?, ?> kv = (KV<?, ?>) decoder.element().getValue();
          assertThat(key.decoded()).isEqualTo(kv.getKey());
          assertThat(groups.laneOf(key.keyHash())).isEqualTo(lane);
        }
      }
      for (WindowedValue<KV<String, @Nullable List<Long>>> element : elements) {
        if (laneOf(groups, element.getValue().getKey()) == lane) {
          expected.add(element);
        }
      }
    }
    assertThat(received).isEqualTo(expected);
  }

  @Property(tries = 100)
  void explodesWindowsWhenAsked(
      @ForAll("elements") List<WindowedValue<KV<String, @Nullable List<Long>>>> elements) {
    pages.clear();
    EdgeCoders edge = edge(KV_CODER, IntervalWindow.getCoder());
    ElementEncoder encoder = ElementEncoder.any(edge, 1, 0, this::collect);
    encode(encoder, elements, 3);

    List<WindowedValue<?>> expected = new ArrayList<>();
    elements.forEach(element -> element.explodeWindows().forEach(expected::add));
    assertThat(decode(ElementDecoder.unkeyed(edge, true), 0)).isEqualTo(expected);
  }

  @Test
  void keepsTheEndsOfTimeAndPanes() {
    EdgeCoders edge = edge(VarLongCoder.of(), GlobalWindow.Coder.INSTANCE);
    ElementEncoder encoder = ElementEncoder.any(edge, 1, 0, this::collect);
    List<WindowedValue<?>> elements = new ArrayList<>();
    for (long timestamp : new long[] {Timestamps.MIN, -1, 0, Timestamps.MAX}) {
      for (PaneInfo pane :
          List.of(
              PaneInfo.NO_FIRING,
              PaneInfo.ON_TIME_AND_ONLY_FIRING,
              PaneInfo.createPane(false, false, PaneInfo.Timing.LATE, 300, 7))) {
        elements.add(
            WindowedValues.of(1L, Instant.ofEpochMilli(timestamp), GlobalWindow.INSTANCE, pane));
      }
    }
    elements.forEach(encoder::accept);
    encoder.flush();

    List<WindowedValue<?>> received = decode(ElementDecoder.unkeyed(edge, false), 0);
    assertThat(received).isEqualTo(elements);
    // WindowedValue.equals looks at less than everything.
    for (int i = 0; i < elements.size(); i++) {
      assertThat(received.get(i).getTimestamp()).isEqualTo(elements.get(i).getTimestamp());
      assertThat(received.get(i).getPaneInfo()).isEqualTo(elements.get(i).getPaneInfo());
    }
  }

  @Test
  void keepsMetadataAndSharesTheFramesOfThoseWithout() {
    EdgeCoders edge = edge(VarLongCoder.of(), IntervalWindow.getCoder());
    ElementEncoder encoder = ElementEncoder.any(edge, 1, 0, this::collect);
    // Beam 2.70 keeps a record id only of an element in several windows.
    List<ElementMetadata> metadata =
        List.of(
            ElementMetadata.NONE,
            ElementMetadata.DRAIN,
            new ElementMetadata(false, "record", null),
            ElementMetadata.NONE,
            new ElementMetadata(true, "other", 7L));
    for (ElementMetadata each : metadata) {
      encoder.accept(
          each.element(
              1L,
              Instant.ofEpochMilli(3),
              List.of(window(0, 10), window(5, 15)),
              PaneInfo.NO_FIRING));
      encoder.accept(
          new ElementMetadata(each.causedByDrain(), null, null)
              .element(1L, Instant.ofEpochMilli(3), window(0, 10), PaneInfo.NO_FIRING));
    }
    encoder.flush();
    assertThat(received(0).get(0).frameCount()).isEqualTo(4 + 2);

    List<WindowedValue<?>> received = decode(ElementDecoder.unkeyed(edge, false), 0);
    for (int i = 0; i < metadata.size(); i++) {
      assertThat(ElementMetadata.of(received.get(2 * i))).isEqualTo(metadata.get(i));
      assertThat(ElementMetadata.of(received.get(2 * i + 1)).causedByDrain())
          .isEqualTo(metadata.get(i).causedByDrain());
    }
  }

  @Property(tries = 50)
  void storedElementsSurvive(
      @ForAll("elements") List<WindowedValue<KV<String, @Nullable List<Long>>>> elements)
      throws Exception {
    StoredElementCoder coder = new StoredElementCoder(edge(KV_CODER, IntervalWindow.getCoder()));
    for (WindowedValue<KV<String, @Nullable List<Long>>> element : elements) {
      WindowedValue<Object> given =
          ElementMetadata.markDrained(element.withValue((Object) element.getValue()));
      WindowedValue<Object> read =
          CoderUtils.decodeFromByteArray(coder, CoderUtils.encodeToByteArray(coder, given));
      assertThat(read).isEqualTo(given);
      assertThat(read.getPaneInfo()).isEqualTo(given.getPaneInfo());
      assertThat(ElementMetadata.of(read).causedByDrain()).isTrue();
    }
  }

  @Test
  void keepsManyWindows() {
    EdgeCoders edge = edge(VarLongCoder.of(), IntervalWindow.getCoder());
    List<IntervalWindow> windows = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      windows.add(window(i, i + 10));
    }
    ElementEncoder encoder = ElementEncoder.any(edge, 1, 0, this::collect);
    WindowedValue<Long> element =
        WindowedValues.of(1L, Instant.ofEpochMilli(3), windows, PaneInfo.NO_FIRING);
    encoder.accept(element);
    encoder.accept(element);
    encoder.flush();
    assertThat(received(0).get(0).frameCount()).isEqualTo(1);
    assertThat(decode(ElementDecoder.unkeyed(edge, false), 0)).containsExactly(element, element);
  }

  @Test
  void keepsHugeElements() {
    Coder<KV<byte[], byte[]>> coder = KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of());
    EdgeCoders edge = edge(coder, GlobalWindow.Coder.INSTANCE);
    ElementEncoder encoder = ElementEncoder.byKey(edge, new KeyGroups(1, 1), this::collect);
    byte[] key = new byte[5 << 20];
    byte[] value = new byte[40 << 20];
    key[17] = 1;
    value[value.length - 1] = 2;
    encoder.accept(WindowedValues.valueInGlobalWindow(KV.of(key, value)));
    assertThat(received(0)).hasSize(1);
    KV<?, ?> received = (KV<?, ?>) decode(ElementDecoder.keyed(edge, false), 0).get(0).getValue();
    assertThat(Arrays.equals((byte[]) received.getKey(), key)).isTrue();
    assertThat(Arrays.equals((byte[]) received.getValue(), value)).isTrue();
  }

  @Test
  void segmentsHoldWhatTheCodersWriteInTheOuterContext() throws Exception {
    KvCoder<String, List<String>> coder =
        KvCoder.of(StringUtf8Coder.of(), ListCoder.of(StringUtf8Coder.of()));
    EdgeCoders edge = edge(coder, GlobalWindow.Coder.INSTANCE);
    ElementEncoder encoder = ElementEncoder.byKey(edge, new KeyGroups(1, 1), this::collect);
    encoder.accept(WindowedValues.valueInGlobalWindow(KV.of("kéy", List.of("a", "bc"))));
    encoder.flush();
    RecordBatch page = received(0).get(0);
    assertThat(Arrays.copyOfRange(page.payload(), 0, page.keyLength(0)))
        .isEqualTo(CoderUtils.encodeToByteArray(coder.getKeyCoder(), "kéy"));
    assertThat(Arrays.copyOfRange(page.payload(), page.valueOffset(0), page.payloadBytes()))
        .isEqualTo(CoderUtils.encodeToByteArray(coder.getValueCoder(), List.of("a", "bc")));
  }

  @Test
  void spreadsEvenlyFromTheGivenLane() {
    EdgeCoders edge = edge(VarLongCoder.of(), GlobalWindow.Coder.INSTANCE);
    ElementEncoder encoder = ElementEncoder.any(edge, 3, 2, this::collect);
    for (long i = 0; i < 7; i++) {
      encoder.accept(WindowedValues.valueInGlobalWindow(i));
    }
    encoder.flush();
    assertThat(values(2)).containsExactly(0L, 3L, 6L);
    assertThat(values(0)).containsExactly(1L, 4L);
    assertThat(values(1)).containsExactly(2L, 5L);
  }

  @Test
  void decodesEqualKeysInARowOnce() {
    EdgeCoders edge = edge(KV_CODER, GlobalWindow.Coder.INSTANCE);
    ElementEncoder encoder = ElementEncoder.byKey(edge, new KeyGroups(1, 1), this::collect);
    for (String key : List.of("a", "a", "b", "a")) {
      encoder.accept(WindowedValues.valueInGlobalWindow(KV.of(key, null)));
    }
    encoder.flush();
    ElementDecoder decoder = ElementDecoder.keyed(edge, false);
    decoder.start(received(0).get(0));
    List<Key> keys = new ArrayList<>();
    while (decoder.next()) {
      keys.add(decoder.key());
    }
    assertThat(keys).extracting(Key::decoded).containsExactly("a", "a", "b", "a");
    assertThat(keys.get(1)).isSameAs(keys.get(0));
    assertThat(decoder.next()).isFalse();
  }

  @Provide
  Arbitrary<List<WindowedValue<KV<String, @Nullable List<Long>>>>> elements() {
    Arbitrary<String> keys = Arbitraries.strings().ofMaxLength(3);
    Arbitrary<@Nullable List<Long>> values =
        Arbitraries.longs().list().ofMaxSize(4).injectNull(0.1);
    Arbitrary<List<IntervalWindow>> windows =
        Arbitraries.integers()
            .between(0, 5)
            .map(start -> window(start * 10, start * 10 + 20))
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(3);
    Arbitrary<PaneInfo> panes =
        Arbitraries.of(
            PaneInfo.NO_FIRING,
            PaneInfo.ON_TIME_AND_ONLY_FIRING,
            PaneInfo.createPane(false, true, PaneInfo.Timing.LATE, 3, 2));
    return Combinators.combine(keys, values, windows, panes, Arbitraries.longs().between(-5, 5))
        .as(
            (key, value, in, pane, timestamp) ->
                WindowedValues.of(KV.of(key, value), Instant.ofEpochMilli(timestamp), in, pane))
        .list()
        .ofMaxSize(40);
  }

  private static int laneOf(KeyGroups groups, String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return groups.laneOf(KeyGroups.hash(bytes, 0, bytes.length));
  }

  private void collect(int lane, RecordBatch page) {
    pages.computeIfAbsent(lane, l -> new ArrayList<>()).add(page);
  }

  private List<RecordBatch> received(int lane) {
    return pages.getOrDefault(lane, List.of());
  }

  private static <T> void encode(
      ElementEncoder encoder, List<WindowedValue<T>> elements, int flushEvery) {
    for (int i = 0; i < elements.size(); i++) {
      encoder.accept(elements.get(i));
      if (i % flushEvery == 0) {
        encoder.flush();
      }
    }
    encoder.flush();
  }

  private List<@Nullable Object> values(int lane) {
    EdgeCoders edge = edge(VarLongCoder.of(), GlobalWindow.Coder.INSTANCE);
    List<@Nullable Object> values = new ArrayList<>();
    decode(ElementDecoder.unkeyed(edge, false), lane)
        .forEach(element -> values.add(element.getValue()));
    return values;
  }

  private List<WindowedValue<?>> decode(ElementDecoder decoder, int lane) {
    List<WindowedValue<?>> elements = new ArrayList<>();
    for (RecordBatch page : received(lane)) {
      decoder.start(page);
      while (decoder.next()) {
        elements.add(decoder.element());
      }
    }
    return elements;
  }

  private static EdgeCoders edge(Coder<?> coder, Coder<? extends BoundedWindow> windowCoder) {
    return new EdgeCoders("Sum/Group", "Parse.out", coder, windowCoder);
  }

  private static IntervalWindow window(long start, long end) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }
}
