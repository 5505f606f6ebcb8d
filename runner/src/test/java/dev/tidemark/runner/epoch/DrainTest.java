package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a streaming job ends that is drained. */
class DrainTest {
  private static final List<String> FIRED = new CopyOnWriteArrayList<>();
  private static final List<KV<String, Long>> GROUPED = new CopyOnWriteArrayList<>();
  private static final List<KV<String, Long>> FINALIZED = new CopyOnWriteArrayList<>();

  private final Pipeline pipeline;

  DrainTest() {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(true);
    pipeline = Pipeline.create(options);
  }

  @BeforeEach
  void forget() {
    Ticks.EMITTED.clear();
    FIRED.clear();
    GROUPED.clear();
    FINALIZED.clear();
  }

  private static void tick(PipelineTestDriver driver, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      driver.runUntilQuiet().advance(Duration.millis(1));
    }
  }

  /** Fires every minute from its first element on, forever. */
  private static final class Loop extends DoFn<KV<String, Long>, Void> {
    @TimerId("minute")
    private final TimerSpec minute = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Element KV<String, Long> element, @TimerId("minute") Timer timer) {
      if (element.getValue() == 0) {
        timer.set(Ticks.timeOf(1));
      }
    }

    @OnTimer("minute")
    public void fire(
        @Key String key, @Timestamp Instant timestamp, @TimerId("minute") Timer timer) {
      FIRED.add(key + timestamp.getMillis() / 60_000);
      timer.set(timestamp.plus(Duration.standardMinutes(1)));
    }
  }

  @Test
  void aLoopingTimerEnds() throws Exception {
    pipeline
        .apply(Create.of("a", "b"))
        .apply(ParDo.of(new Ticks()))
        .apply("Loop", ParDo.of(new Loop()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      tick(driver, 4);
      // The watermark is at minute 4, which fires what is due before.
      assertThat(FIRED).containsExactlyInAnyOrder("a1", "a2", "a3", "b1", "b2", "b3");
      driver.drain().runUntilQuiet();
      assertThat(driver.ended()).isTrue();
      assertThat(FIRED).containsExactlyInAnyOrder("a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4");
      assertThat(
              driver.counter(
                  "Loop/ParMultiDo(Loop)", MetricName.named("tidemark", "timers_dropped_by_drain")))
          .isEqualTo(2);
    }
  }

  /** Takes groups apart; tells the panes. */
  private static final class Ungroup extends DoFn<KV<String, Iterable<Long>>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Iterable<Long>> group, PaneInfo pane) {
      group.getValue().forEach(value -> GROUPED.add(KV.of(group.getKey(), value)));
      FIRED.add(pane.getTiming() + " " + (pane.isLast() ? "last" : "not last"));
    }
  }

  /** Wants to know when its elements are committed. */
  private static final class Finalized extends DoFn<KV<String, Long>, KV<String, Long>> {
    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        OutputReceiver<KV<String, Long>> output,
        BundleFinalizer finalizer) {
      output.output(element);
      finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> FINALIZED.add(element));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void aDrainAtAnyPointLosesNothingThatWasEmitted(int seed) throws Exception {
    pipeline
        .apply(Create.of("a", "b", "c"))
        .apply(ParDo.of(new Ticks()))
        .apply(ParDo.of(new Finalized()))
        .apply(Window.into(FixedWindows.of(Duration.standardMinutes(3))))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Ungroup()));
    Random random = new Random(seed);
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, seed)) {
      for (int epochs = random.nextInt(12); epochs > 0; epochs--) {
        driver.runEpoch();
        driver.advance(Duration.millis(random.nextInt(2)));
      }
      driver.drain().runUntilQuiet();
      assertThat(driver.ended()).isTrue();
    }
    assertThat(GROUPED).containsExactlyInAnyOrderElementsOf(Ticks.EMITTED);
    assertThat(FINALIZED).containsExactlyInAnyOrderElementsOf(Ticks.EMITTED);
    assertThat(FIRED).allMatch("ON_TIME last"::equals);
  }

  @Test
  void windowsInFlightFire() throws Exception {
    pipeline
        .apply(Create.of("a"))
        .apply(ParDo.of(new Ticks()))
        .apply(Window.into(FixedWindows.of(Duration.standardHours(1))))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Ungroup()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      tick(driver, 5);
      assertThat(FIRED).isEmpty();
      driver.drain().runUntilQuiet();
      assertThat(driver.ended()).isTrue();
      assertThat(FIRED).containsExactly("ON_TIME last");
      assertThat(GROUPED).hasSize(5).containsExactlyInAnyOrderElementsOf(Ticks.EMITTED);
    }
  }

  @Test
  void aSplittableFunctionSaysWhatItStillDoes() throws Exception {
    pipeline
        .apply(Create.of("a"))
        .apply(ParDo.of(new Ticks(10)))
        .apply("Loop", ParDo.of(new Loop()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      tick(driver, 4);
      assertThat(Ticks.EMITTED).hasSize(4);
      driver.drain();
      tick(driver, 5);
      assertThat(driver.ended()).isFalse();
      // As long as there is more to come, timers fire by themselves and may set themselves again.
      assertThat(FIRED).hasSize(8).endsWith("a8");
      tick(driver, 2);
      assertThat(driver.ended()).isTrue();
    }
    List<KV<String, Long>> expected = new ArrayList<>();
    for (long tick = 0; tick < 10; tick++) {
      expected.add(KV.of("a", tick));
    }
    assertThat(Ticks.EMITTED).isEqualTo(expected);
    assertThat(FIRED).hasSize(9).endsWith("a9");
  }

  /** Sets a timer that keeps the watermark, far away in processing time. */
  private static final class Later extends DoFn<KV<String, Long>, Void> {
    @TimerId("later")
    private final TimerSpec later = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(@Timestamp Instant timestamp, @TimerId("later") Timer timer) {
      timer.withOutputTimestamp(timestamp).offset(Duration.standardDays(1)).setRelative();
    }

    @OnTimer("later")
    public void fire() {
      FIRED.add("later");
    }
  }

  @Test
  void processingTimersExpireWithTheirWindow() throws Exception {
    pipeline.apply(Create.of("a")).apply(ParDo.of(new Ticks())).apply(ParDo.of(new Later()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      tick(driver, 3);
      assertThat(driver.ended()).isFalse();
      driver.drain().runUntilQuiet();
      assertThat(driver.ended()).isTrue();
      assertThat(FIRED).isEmpty();
    }
  }
}
