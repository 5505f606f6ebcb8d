package dev.tidemark.runner.stage.pardo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What functions see, emit, leave behind and fail with when they are called natively, and when
 * Beam's runners call them.
 */
class FunctionDifferenceTest {
  static final TupleTag<String> MAIN = new TupleTag<>("main") {};
  static final TupleTag<String> SIDE = new TupleTag<>("side") {};
  private static final int WINDOWS = 4;

  /** An element arrives, and time passes. */
  record Event(
      String key,
      String action,
      int window,
      boolean inTwo,
      int within,
      int watermarkBy,
      int clockBy) {
    WindowedValue<String> element() {
      return WindowedValues.of(
          action,
          Instant.ofEpochMilli(window * 10L + within),
          inTwo ? List.of(interval(window), interval(window + 1)) : List.of(interval(window)),
          within % 2 == 0 ? PaneInfo.NO_FIRING : PaneInfo.ON_TIME_AND_ONLY_FIRING);
    }
  }

  /** What is to be the same. */
  record Seen(
      Map<String, List<String>> outputs,
      List<TimerRecord> timers,
      boolean nothingLeft,
      long dropped,
      long counted,
      @Nullable String failure) {}

  @Property(tries = 400)
  void outputsAndFailuresAreTheSame(
      @ForAll("outputEvents") List<Event> events,
      @ForAll("skews") long skew,
      @ForAll boolean byWindow,
      @ForAll("schedules") Schedule schedule)
      throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(""))
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply(
            "Step",
            ParDo.of(
                    byWindow
                        ? new ScriptedOutputs.ByWindow(skew)
                        : new ScriptedOutputs.OverWindows(skew))
                .withOutputTags(MAIN, TupleTagList.of(SIDE)));
    NodeInGraph node = TestGraphs.node(pipeline, "Step");
    List<WindowedValue<?>> elements = new ArrayList<>();
    events.forEach(event -> elements.add(event.element()));
    assertSame(node, events, elements, schedule);
  }

  @Property(tries = 400)
  void stateAndTimersAreTheSame(
      @ForAll("stateEvents") List<Event> events,
      @ForAll("skews") long skew,
      @ForAll("latenesses") int lateness,
      @ForAll("schedules") Schedule schedule)
      throws Exception {
    Pipeline pipeline = Pipeline.create();
    DoFn<KV<String, String>, String> fn = new ScriptedFunction(skew);
    pipeline
        .apply(Create.of(KV.of("", "")))
        .apply(
            Window.<KV<String, String>>into(FixedWindows.of(Duration.millis(10)))
                .withAllowedLateness(Duration.millis(lateness))
                .discardingFiredPanes())
        .apply("Step", ParDo.of(fn).withOutputTags(MAIN, TupleTagList.of(SIDE)));
    NodeInGraph node = TestGraphs.node(pipeline, "Step");
    List<WindowedValue<?>> elements = new ArrayList<>();
    for (Event event : events) {
      elements.add(event.element().withValue(KV.of(event.key(), event.action())));
    }
    assertSame(node, events, elements, schedule);
  }

  private static void assertSame(
      NodeInGraph node, List<Event> events, List<WindowedValue<?>> elements, Schedule schedule)
      throws Exception {
    assertThat(run(node, FunctionRunners.NATIVE, events, elements, schedule))
        .isEqualTo(run(node, FunctionRunners.BEAM, events, elements, schedule));
  }

  private static Seen run(
      NodeInGraph node,
      FunctionRunners runners,
      List<Event> events,
      List<WindowedValue<?>> elements,
      Schedule schedule)
      throws Exception {
    String failure = null;
    long watermark = 0;
    try (FakeHost host = new FakeHost(node, () -> new ParDoProcessor(false, runners), schedule)) {
      try {
        host.watermark(0);
        for (int i = 0; i < events.size(); i++) {
          host.elements(List.of(elements.get(i)));
          watermark += events.get(i).watermarkBy();
          host.watermark(watermark);
          host.processingTime(events.get(i).clockBy());
        }
        host.quiesce();
      } catch (Exception | Error e) {
        failure = e + " because of " + e.getCause();
      }
      Map<String, List<String>> outputs = new LinkedHashMap<>();
      for (String tag : List.of("main", "side")) {
        outputs.put(tag, host.outputs(tag).stream().map(FunctionDifferenceTest::text).toList());
      }
      List<TimerRecord> timers = new ArrayList<>();
      for (TimeDomain domain : TimeDomain.values()) {
        for (TimerRecord timer = host.timers().pollDue(domain, Long.MAX_VALUE);
            timer != null;
            timer = host.timers().pollDue(domain, Long.MAX_VALUE)) {
          timers.add(timer);
        }
      }
      return new Seen(
          outputs,
          timers,
          host.nothingLeft(),
          host.counter(
              StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER),
          host.counter("scripted", "count"),
          failure);
    }
  }

  private static String text(WindowedValue<?> output) {
    return output.getValue()
        + "@"
        + output.getTimestamp()
        + output.getWindows()
        + output.getPaneInfo();
  }

  private static IntervalWindow interval(int number) {
    return new IntervalWindow(Instant.ofEpochMilli(number * 10L), Duration.millis(10));
  }

  @Provide
  Arbitrary<List<Event>> outputEvents() {
    return events(ScriptedOutputs.ACTIONS, 8);
  }

  @Provide
  Arbitrary<List<Event>> stateEvents() {
    return events(ScriptedFunction.ACTIONS, 25);
  }

  private static Arbitrary<List<Event>> events(List<String> actions, int most) {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c"),
            Arbitraries.of(actions),
            Arbitraries.integers().between(0, WINDOWS - 1),
            Arbitraries.of(false, false, true),
            Arbitraries.integers().between(0, 9),
            Arbitraries.of(0, 0, 0, 1, 3, 10),
            Arbitraries.of(0, 0, 10, 30))
        .as(Event::new)
        .list()
        .ofMaxSize(most);
  }

  @Provide
  Arbitrary<Long> skews() {
    return Arbitraries.of(0L, 0L, 2L, 3L, Long.MAX_VALUE);
  }

  @Provide
  Arbitrary<Integer> latenesses() {
    return Arbitraries.of(0, 5, 100);
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    return Arbitraries.of(Schedule.all());
  }
}
