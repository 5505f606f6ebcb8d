package dev.tidemark.runner.stage.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.combine.CombinedValues;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Panes, watermarks and dropped elements of native grouping, against Beam's ReduceFnRunner. */
class StreamingGroupDifferenceTest {
  private static final List<String> KEYS = List.of("a", "b", "c");
  private static final long END = 60;

  /** How windows are assigned. */
  enum Windows {
    FIXED,
    SLIDING,
    GLOBAL,
    SESSIONS;

    private Window<KV<String, Integer>> transform() {
      return switch (this) {
        case FIXED -> Window.into(FixedWindows.of(Duration.millis(10)));
        case SLIDING ->
            Window.into(SlidingWindows.of(Duration.millis(20)).every(Duration.millis(10)));
        case GLOBAL -> Window.into(new GlobalWindows());
        case SESSIONS -> Window.into(Sessions.withGapDuration(Duration.millis(10)));
      };
    }

    private Collection<BoundedWindow> of(long timestamp) {
      long start = timestamp / 10 * 10;
      return switch (this) {
        case FIXED -> List.of(interval(start, 10));
        case SLIDING -> List.of(interval(start, 20), interval(start - 10, 20));
        case GLOBAL -> List.of(GlobalWindow.INSTANCE);
        case SESSIONS -> List.of(interval(timestamp, 10));
      };
    }

    private static IntervalWindow interval(long start, long length) {
      return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(length));
    }
  }

  /** How windows are grouped. */
  record Windowing(
      Windows windows,
      Trigger trigger,
      int lateness,
      boolean accumulating,
      TimestampCombiner combiner,
      ClosingBehavior closing,
      OnTimeBehavior onTime) {

    NodeInGraph node(boolean combined) {
      PCollection<KV<String, Integer>> input =
          Pipeline.create().apply(Create.of(KV.of("a", 1))).apply(windows.transform());
      if (combined) {
        input.apply("Step", Sum.integersPerKey());
      } else {
        input.apply("Step", GroupByKey.create());
      }
      // Afterwards, as other SDKs allow what Java's does not: a finishing trigger with lateness.
      input.setWindowingStrategyInternal(
          input
              .getWindowingStrategy()
              .withTrigger(trigger)
              .withAllowedLateness(Duration.millis(lateness))
              .withMode(
                  accumulating
                      ? AccumulationMode.ACCUMULATING_FIRED_PANES
                      : AccumulationMode.DISCARDING_FIRED_PANES)
              .withTimestampCombiner(combiner)
              .withClosingBehavior(closing)
              .withOnTimeBehavior(onTime));
      return TestGraphs.node(input.getPipeline(), "Step");
    }
  }

  /** Elements arrive, then the watermark advances. */
  record Event(String key, int value, int timestamp, int watermarkBy) {}

  @Property(tries = 400)
  void theSameComesOut(
      @ForAll("windowings") Windowing windowing,
      @ForAll("events") List<Event> events,
      @ForAll boolean combined,
      @ForAll("schedules") Schedule schedule)
      throws Exception {
    NodeInGraph node = windowing.node(combined);
    compare(windowing, node, events, schedule, () -> ours(windowing, node), any -> {});
  }

  @Property(tries = 800)
  void theSameComesOutOfSessions(
      @ForAll("sessions") Windowing windowing,
      @ForAll("events") List<Event> events,
      @ForAll boolean combined,
      @ForAll("schedules") Schedule schedule)
      throws Exception {
    theSameComesOut(windowing, events, combined, schedule);
  }

  @Property(tries = 400)
  void whatTheOracleHasLeftIsTakenOver(
      @ForAll("windowings") Windowing windowing,
      @ForAll("events") List<Event> events,
      @ForAll boolean combined,
      @ForAll @IntRange(max = 15) int switchAt)
      throws Exception {
    NodeInGraph node = windowing.node(combined);
    Schedule restores =
        Schedule.all().stream().filter(any -> any.restoreChance() == 1).findFirst().orElseThrow();
    boolean[] switched = new boolean[1];
    compare(
        windowing,
        node,
        events,
        restores,
        () -> switched[0] ? ours(windowing, node) : new ReduceFnGroupProcessor(),
        index -> switched[0] = index >= switchAt);
  }

  @Property(tries = 400)
  void whatTheOracleHasLeftOfSessionsIsTakenOver(
      @ForAll("sessions") Windowing windowing,
      @ForAll("events") List<Event> events,
      @ForAll boolean combined,
      @ForAll @IntRange(max = 15) int switchAt)
      throws Exception {
    whatTheOracleHasLeftIsTakenOver(windowing, events, combined, switchAt);
  }

  /** Called before each event. */
  private interface Step {
    void before(int event);
  }

  private static NodeProcessor ours(Windowing windowing, NodeInGraph node) {
    GroupContents.Factory contents =
        node.node().operation() instanceof Operation.CombinePerKey combine
            ? CombinedValues.of(combine)
            : GroupedValues::of;
    return windowing.windows() == Windows.SESSIONS
        ? new SessionGroupProcessor(contents)
        : new StreamingGroupProcessor(contents);
  }

  private static void compare(
      Windowing windowing,
      NodeInGraph node,
      List<Event> events,
      Schedule schedule,
      Supplier<NodeProcessor> processors,
      Step step)
      throws Exception {
    // With the latest timestamps, one hold for all keys of a window may lie before those of each.
    boolean latest = windowing.combiner() == TimestampCombiner.LATEST;
    long watermark = 0;
    try (FakeHost ours = new FakeHost(node, processors, schedule);
        FakeHost oracle = new FakeHost(node, ReduceFnGroupProcessor::new, schedule)) {
      if (windowing.closing() == ClosingBehavior.FIRE_ALWAYS) {
        ours.allowLateOutputs();
        oracle.allowLateOutputs();
      }
      ours.watermark(0);
      oracle.watermark(0);
      for (int i = 0; i < events.size(); i++) {
        step.before(i);
        Event event = events.get(i);
        long timestamp = latest ? Math.max(event.timestamp(), watermark) : event.timestamp();
        WindowedValue<?> element =
            WindowedValues.of(
                KV.of(event.key(), event.value()),
                Instant.ofEpochMilli(timestamp),
                windowing.windows().of(timestamp),
                PaneInfo.NO_FIRING);
        ours.elements(List.of(element));
        oracle.elements(List.of(element));
        if (event.watermarkBy() > 0) {
          watermark += event.watermarkBy();
          ours.watermark(watermark);
          oracle.watermark(watermark);
          same(ours, oracle, latest);
        }
      }
      ours.watermark(Timestamps.MAX);
      oracle.watermark(Timestamps.MAX);
      ours.quiesce();
      oracle.quiesce();
      same(ours, oracle, latest);
      assertThat(ours.nothingLeft()).as("nothing left").isTrue();
    }
  }

  private static void same(FakeHost ours, FakeHost oracle, boolean latest) {
    assertThat(panes(ours)).isEqualTo(panes(oracle));
    if (latest) {
      assertThat(ours.outputWatermark()).isLessThanOrEqualTo(oracle.outputWatermark());
    } else {
      assertThat(ours.outputWatermark()).isEqualTo(oracle.outputWatermark());
    }
    for (Map.Entry<Class<?>, String> counter :
        Map.<Class<?>, String>of(
                LateDataDroppingDoFnRunner.class,
                LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS,
                ReduceFnRunner.class,
                ReduceFnRunner.DROPPED_DUE_TO_CLOSED_WINDOW)
            .entrySet()) {
      assertThat(ours.counter(counter.getKey(), counter.getValue()))
          .as(counter.getValue())
          .isEqualTo(oracle.counter(counter.getKey(), counter.getValue()));
    }
  }

  /** The panes of each key and window, in their order. */
  private static Map<String, List<String>> panes(FakeHost host) {
    Map<String, List<String>> panes = new TreeMap<>();
    for (WindowedValue<?> output : host.outputs()) {
      KV<?, ?> grouped = (KV<?, ?>) output.getValue();
      List<Object> values = new ArrayList<>();
      if (grouped.getValue() instanceof Iterable<?> iterable) {
        // Where windows merge, their values come in any order.
        StreamSupport.stream(iterable.spliterator(), false)
            .sorted(Comparator.comparing(String::valueOf))
            .forEach(values::add);
      } else {
        values.add(grouped.getValue());
      }
      panes
          .computeIfAbsent(grouped.getKey() + " " + output.getWindows(), any -> new ArrayList<>())
          .add(values + " at " + output.getTimestamp().getMillis() + " " + output.getPaneInfo());
    }
    return panes;
  }

  @Provide
  Arbitrary<Windowing> windowings() {
    return windowings(
        Arbitraries.of(Windows.FIXED, Windows.SLIDING, Windows.GLOBAL),
        Arbitraries.of(
            DefaultTrigger.of(),
            AfterWatermark.pastEndOfWindow(),
            Repeatedly.forever(AfterWatermark.pastEndOfWindow()),
            AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1))));
  }

  @Provide
  Arbitrary<Windowing> sessions() {
    return windowings(
        Arbitraries.just(Windows.SESSIONS),
        Arbitraries.of(
            DefaultTrigger.of(),
            Repeatedly.forever(AfterWatermark.pastEndOfWindow()),
            AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1))));
  }

  private static Arbitrary<Windowing> windowings(
      Arbitrary<Windows> windows, Arbitrary<? extends Trigger> triggers) {
    return Combinators.combine(
            windows,
            triggers,
            Arbitraries.of(0, 0, 3, 7, 12, 25),
            Arbitraries.of(true, false),
            Arbitraries.of(TimestampCombiner.class),
            Arbitraries.of(ClosingBehavior.class),
            Arbitraries.of(OnTimeBehavior.class))
        .as(Windowing::new);
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.of(KEYS),
            Arbitraries.integers().between(1, 99),
            Arbitraries.integers().between(0, (int) END),
            Arbitraries.of(0, 0, 0, 1, 3, 9, 10, 11, 30))
        .as(Event::new)
        .list()
        .ofMaxSize(25);
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    return Arbitraries.of(Schedule.all());
  }
}
