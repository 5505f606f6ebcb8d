package dev.tidemark.runner.stage.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.pardo.ParDoProcessor;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** What a stateful function sees and leaves behind as windows expire, against Beam's clean-up. */
class WindowExpiryDifferenceTest {
  private static final KvCoder<String, Integer> CODER =
      KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of());
  private static final List<String> KEYS = List.of("a", "b");
  private static final int WINDOWS = 4;
  private static final long START = 1_000_000;

  /** Elements arrive, or time passes. */
  record Event(String key, int value, int window, int watermarkBy, int clockBy) {}

  @Property(tries = 150)
  void theSameIsSeenAndLeft(
      @ForAll("events") List<Event> events,
      @ForAll @IntRange(min = 0, max = 15) int lateness,
      @ForAll("schedules") Schedule schedule)
      throws Exception {
    WindowingStrategy<?, ?> windowing =
        WindowingStrategy.of(FixedWindows.of(Duration.millis(10)))
            .withAllowedLateness(Duration.millis(lateness));
    List<String> expected = new ArrayList<>();
    Map<String, ExpiryOracle> oracles = new LinkedHashMap<>();
    for (String key : KEYS) {
      ExpiryOracle oracle =
          new ExpiryOracle(key, new ExpiringFunction(lateness), CODER, windowing, expected);
      oracle.clock(START);
      oracles.put(key, oracle);
    }
    long watermark = 0;
    long clock = START;
    try (FakeHost host = new FakeHost(node(lateness), ParDoProcessor::new, schedule)) {
      host.watermark(0);
      for (ExpiryOracle oracle : oracles.values()) {
        oracle.watermark(0);
      }
      for (Event event : events) {
        WindowedValue<KV<String, Integer>> element = element(event);
        host.elements(List.of(element));
        Objects.requireNonNull(oracles.get(event.key())).element(element);
        watermark += event.watermarkBy();
        host.watermark(watermark);
        for (ExpiryOracle oracle : oracles.values()) {
          oracle.watermark(watermark);
        }
        clock += event.clockBy() * 10L;
        host.processingTime(event.clockBy() * 10L);
        for (ExpiryOracle oracle : oracles.values()) {
          oracle.clock(clock);
        }
        host.quiesce();
        assertThat(outputs(host)).containsExactlyInAnyOrderElementsOf(expected);
        for (String key : KEYS) {
          assertThat(left(ours(host, key)))
              .isEqualTo(left(Objects.requireNonNull(oracles.get(key)).state()));
        }
      }
    }
  }

  private static List<String> outputs(FakeHost host) {
    return host.outputs("main").stream()
        .map(output -> output.getValue() + "@" + output.getTimestamp())
        .toList();
  }

  private static StateInternals ours(FakeHost host, String key) throws Exception {
    byte[] encoded = CoderUtils.encodeToByteArray(CODER.getKeyCoder(), key);
    return new CellStateInternals(
        host.cells().forKey(new Key(encoded, key)), key, new StateAddresses());
  }

  /** What the function's state holds, by window. */
  private static Map<Integer, List<Object>> left(StateInternals state) {
    ExpiringFunction fn = new ExpiringFunction(0);
    Map<Integer, List<Object>> left = new TreeMap<>();
    for (int number = 0; number < WINDOWS; number++) {
      StateNamespace namespace = StateNamespaces.window(IntervalWindow.getCoder(), window(number));
      List<Object> contents = new ArrayList<>();
      Integer last = state.state(namespace, StateTags.tagForSpec("last", fn.lastSpec)).read();
      contents.add(last == null ? "nothing" : last);
      state.state(namespace, StateTags.tagForSpec("all", fn.allSpec)).read().forEach(contents::add);
      Map<String, Integer> fired = new TreeMap<>();
      state
          .state(namespace, StateTags.tagForSpec("fired", fn.firedSpec))
          .entries()
          .read()
          .forEach(entry -> fired.put(entry.getKey(), entry.getValue()));
      contents.add(fired);
      left.put(number, contents);
    }
    return left;
  }

  private static NodeInGraph node(int lateness) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1)))
        .apply(
            Window.<KV<String, Integer>>into(FixedWindows.of(Duration.millis(10)))
                .withAllowedLateness(Duration.millis(lateness))
                .discardingFiredPanes())
        .apply(
            "Step",
            ParDo.of(new ExpiringFunction(lateness))
                .withOutputTags(new TupleTag<String>("main") {}, TupleTagList.empty()));
    return TestGraphs.node(pipeline, "Step");
  }

  private static IntervalWindow window(int number) {
    return new IntervalWindow(Instant.ofEpochMilli(number * 10L), Duration.millis(10));
  }

  private static WindowedValue<KV<String, Integer>> element(Event event) {
    return WindowedValues.of(
        KV.of(event.key(), event.value()),
        Instant.ofEpochMilli(event.window() * 10L + event.value() % 10),
        window(event.window()),
        PaneInfo.NO_FIRING);
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.of(KEYS),
            Arbitraries.integers().between(0, 25),
            Arbitraries.integers().between(0, WINDOWS - 1),
            Arbitraries.of(0, 0, 0, 1, 3, 10),
            Arbitraries.of(0, 0, 1, 7))
        .as(Event::new)
        .list()
        .ofMaxSize(20);
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    return Arbitraries.of(Schedule.all());
  }
}
