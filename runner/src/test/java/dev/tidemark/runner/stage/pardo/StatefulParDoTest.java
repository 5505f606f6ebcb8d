package dev.tidemark.runner.stage.pardo;

import static java.lang.Long.MAX_VALUE;
import static org.apache.beam.sdk.state.TimeDomain.EVENT_TIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Functions with state and timers. */
class StatefulParDoTest {
  private static final IntervalWindow FIRST = window(0);
  private static final IntervalWindow SECOND = window(10);
  private static final TupleTag<String> MAIN = new TupleTag<>("main") {};

  private static IntervalWindow window(long start) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(10));
  }

  private static NodeInGraph node(DoFn<KV<String, Integer>, String> fn, long latenessMillis) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1)))
        .apply(
            Window.<KV<String, Integer>>into(FixedWindows.of(Duration.millis(10)))
                .withAllowedLateness(Duration.millis(latenessMillis))
                .discardingFiredPanes())
        .apply("Step", ParDo.of(fn).withOutputTags(MAIN, TupleTagList.empty()));
    return TestGraphs.node(pipeline, "Step");
  }

  /** Sums up by key and window, and tells the sum when the window ends. */
  static final class Sum extends DoFn<KV<String, Integer>, String> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        BoundedWindow window,
        @StateId("sum") ValueState<Integer> sum,
        @TimerId("end") Timer end) {
      Integer before = sum.read();
      sum.write((before == null ? 0 : before) + element.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void end(
        @Key String key,
        BoundedWindow window,
        @Timestamp Instant timestamp,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<String> out) {
      assertThat(timestamp).isEqualTo(window.maxTimestamp());
      out.output(key + sum.read() + "@" + timestamp.getMillis());
    }
  }

  @Test
  void stateAndEventTimersAreByKeyAndWindow() throws Exception {
    Scenario.of(node(new Sum(), 0), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("b", 2), 2, FIRST)
        .element(KV.of("a", 3), 11, SECOND)
        .element(KV.of("a", 4), 5, FIRST)
        .watermark(9)
        .expect("main")
        .watermark(10)
        .expect("main", "a5@9", "b2@9")
        .endOfTime()
        .expect("main", "a5@9", "b2@9", "a3@19")
        .expectNothingLeft()
        .run();
  }

  @Test
  void whatIsTooLateIsDroppedAndCounted() throws Exception {
    Scenario.of(node(new Sum(), 5), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, FIRST)
        .watermark(10)
        .expect("main", "a1@9")
        .watermark(15)
        .element(KV.of("a", 7), 2, FIRST)
        .endOfTime()
        .expect("main", "a1@9")
        .check(
            host ->
                assertThat(
                        host.counter(
                            StatefulDoFnRunner.class,
                            StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER))
                    .isEqualTo(1))
        .expectNothingLeft()
        .run();
  }

  /** Tells what is left when a window expires. */
  static final class Expiring extends DoFn<KV<String, Integer>, String> {
    @StateId("values")
    private final StateSpec<BagState<Integer>> valuesSpec = StateSpecs.bag(VarIntCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        BoundedWindow window,
        @StateId("values") BagState<Integer> values,
        @TimerId("end") Timer end) {
      values.add(element.getValue());
      end.withOutputTimestamp(window.maxTimestamp())
          .set(window.maxTimestamp().plus(Duration.millis(5)));
    }

    @OnTimer("end")
    public void end(OutputReceiver<String> out) {
      out.output("timer");
    }

    @OnWindowExpiration
    public void expire(
        @Key String key,
        BoundedWindow window,
        @StateId("values") BagState<Integer> values,
        OutputReceiver<String> out) {
      int sum = 0;
      for (int value : values.read()) {
        sum += value;
      }
      out.output("expired " + key + sum);
    }
  }

  @Test
  void windowExpirationComesAfterTheTimersAndHoldsTheWatermark() throws Exception {
    Scenario.of(node(new Expiring(), 5), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("a", 2), 2, FIRST)
        .watermark(14)
        .expect("main")
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(9))
        .endOfTime()
        .expectInOrder("main", "timer", "expired a3")
        .expectNothingLeft()
        .run();
  }

  @Test
  void expiryAloneHoldsNoWatermark() throws Exception {
    Scenario.of(node(new Sum(), 1_000), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, FIRST)
        .watermark(100)
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(100))
        .run();
  }

  /** Counts the elements of a key, and is called by no timer. */
  static final class Count extends DoFn<KV<String, Integer>, String> {
    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("count") ValueState<Integer> count,
        OutputReceiver<String> out) {
      Integer before = count.read();
      int now = (before == null ? 0 : before) + 1;
      count.write(now);
      out.output(element.getKey() + now);
    }
  }

  @Test
  void theGlobalWindowOfAStreamingJobNeedsNoTimerForEachKey() throws Exception {
    Scenario.of(inGlobalWindow(new Count()), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, GlobalWindow.INSTANCE)
        .element(KV.of("b", 1), 1, GlobalWindow.INSTANCE)
        .element(KV.of("a", 1), 2, GlobalWindow.INSTANCE)
        .expect("main", "a1", "b1", "a2")
        .check(host -> assertThat(host.timers().nextTimestamp(EVENT_TIME)).isEqualTo(MAX_VALUE))
        .endOfTime()
        .expect("main", "a1", "b1", "a2")
        .run();
  }

  @Test
  void theGlobalWindowEndsForWhoIsCalledThen() throws Exception {
    Scenario.of(inGlobalWindow(new Sum()), ParDoProcessor::new)
        .element(KV.of("a", 1), 1, GlobalWindow.INSTANCE)
        .check(host -> assertThat(host.timers().nextTimestamp(EVENT_TIME)).isLessThan(MAX_VALUE))
        .endOfTime()
        .expectNothingLeft()
        .run();
  }

  private static NodeInGraph inGlobalWindow(DoFn<KV<String, Integer>, String> fn) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1)))
        .apply("Step", ParDo.of(fn).withOutputTags(MAIN, TupleTagList.empty()));
    return TestGraphs.node(pipeline, "Step");
  }

  /** Sets timers of a family, named by the element, in processing time. */
  static final class Families extends DoFn<KV<String, Integer>, String> {
    @TimerFamily("later")
    private final TimerSpec laterSpec = TimerSpecs.timerMap(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @TimerFamily("later") TimerMap later) {
      String id = "t" + element.getValue();
      later.get(id).offset(Duration.millis(element.getValue())).setRelative();
    }

    @OnTimerFamily("later")
    public void later(
        @TimerId String id,
        @Timestamp Instant timestamp,
        @Key @Nullable String key,
        OutputReceiver<String> out) {
      out.output(key + id + "@" + timestamp.getMillis());
    }
  }

  @Test
  void processingTimersOfFamiliesFireOrGoWithTheirWindow() throws Exception {
    Scenario.of(node(new Families(), 0), ParDoProcessor::new)
        .element(KV.of("a", 10), 1, FIRST)
        .element(KV.of("a", 20), 2, FIRST)
        .element(KV.of("a", 500), 3, FIRST)
        .processingTime(15)
        .expect("main", "at10@1")
        .check(host -> assertThat(host.outputWatermark()).isLessThanOrEqualTo(2))
        .processingTime(15)
        .expect("main", "at10@1", "at20@2")
        .endOfTime()
        .expectNothingLeft()
        .processingTime(1_000)
        .expect("main", "at10@1", "at20@2")
        .run();
  }

  /** Tells its elements in the order in which it gets them. */
  static final class Sorted extends DoFn<KV<String, Integer>, String> {
    @StateId("before")
    private final StateSpec<ValueState<String>> beforeSpec = StateSpecs.value(StringUtf8Coder.of());

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("before") ValueState<String> before,
        OutputReceiver<String> out) {
      String soFar = before.read();
      String now = (soFar == null ? "" : soFar) + element.getValue();
      before.write(now);
      out.output(element.getKey() + now);
    }
  }

  @Test
  void inputIsSortedByTimeWhereAskedFor() throws Exception {
    Scenario.of(node(new Sorted(), 0), ParDoProcessor::new)
        .element(KV.of("a", 3), 3, FIRST)
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("b", 9), 9, FIRST)
        .watermark(3)
        .element(KV.of("a", 4), 4, FIRST)
        .element(KV.of("b", 5), 5, FIRST)
        .endOfTime()
        .check(
            host -> {
              assertThat(host.values("main"))
                  .containsExactlyInAnyOrder("a1", "a13", "a134", "b5", "b59");
              assertThat(host.values("main")).containsSubsequence("a1", "a13", "a134");
            })
        .expectNothingLeft()
        .run();
  }

  /** Sets its timer again and again, and another one whenever that fires. */
  static final class Looping extends DoFn<KV<String, Integer>, String> {
    @TimerId("loop")
    private final TimerSpec loopSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("other")
    private final TimerSpec otherSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Timestamp Instant timestamp, @TimerId("loop") Timer loop) {
      loop.set(timestamp.plus(Duration.millis(2)));
    }

    @OnTimer("loop")
    public void loop(
        @Timestamp Instant timestamp,
        @TimerId("loop") Timer loop,
        @TimerId("other") Timer other,
        OutputReceiver<String> out) {
      out.output("loop@" + timestamp.getMillis());
      loop.set(timestamp.plus(Duration.millis(2)));
      other.set(timestamp.plus(Duration.millis(1)));
    }

    @OnTimer("other")
    public void other(@Timestamp Instant timestamp, OutputReceiver<String> out) {
      out.output("other@" + timestamp.getMillis());
    }
  }

  @Test
  void aTimerThatADrainFiresCannotSetItselfAgain() throws Exception {
    Scenario.of(node(new Looping(), 0), ParDoProcessor::new)
        .element(KV.of("a", 1), 0, FIRST)
        .watermark(4)
        .expect("main", "loop@2", "other@3")
        .check(FakeHost::drain)
        .watermark(4)
        .expect("main", "loop@2", "other@3")
        .endOfTime()
        .expect("main", "loop@2", "other@3", "loop@4", "other@5")
        .check(host -> assertThat(host.counter("tidemark", "timers_dropped_by_drain")).isEqualTo(1))
        .expectNothingLeft()
        .run();
  }
}
