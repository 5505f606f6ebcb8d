package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens in which epoch, under a clock that stands still. */
class EpochDriverTest {
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();
  private static final AtomicInteger FIRED = new AtomicInteger();
  private static final AtomicReference<@Nullable PipelineTestDriver> RUNNING =
      new AtomicReference<>();

  private final Pipeline pipeline;

  EpochDriverTest() {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(true);
    pipeline = Pipeline.create(options);
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
    FIRED.set(0);
  }

  /** Sets a timer an hour ahead that keeps the watermark, and another when that one fires. */
  private static final class Hourly extends DoFn<KV<String, Integer>, String> {
    @TimerId("hour")
    private final TimerSpec hour = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(@Element KV<String, Integer> element, @TimerId("hour") Timer timer) {
      SEEN.add("set " + element.getKey());
      timer.withOutputTimestamp(BoundedWindow.TIMESTAMP_MIN_VALUE);
      timer.offset(Duration.standardHours(1)).setRelative();
    }

    @OnTimer("hour")
    public void fire(@Key String key, OutputReceiver<String> output) {
      output.outputWithTimestamp(key, BoundedWindow.TIMESTAMP_MIN_VALUE);
    }
  }

  private static final class See extends DoFn<String, Void> {
    @ProcessElement
    public void process(@Element String element) {
      SEEN.add("fired " + element);
    }
  }

  @Test
  void aJobComesToRestAndAnEpochWithoutWorkChangesNothing() throws Exception {
    pipeline.apply(Create.of("a", "b", "c")).apply(ParDo.of(new See()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 1)) {
      driver.runUntilQuiet();
      assertThat(driver.ended()).isTrue();
      assertThat(SEEN).containsExactlyInAnyOrder("fired a", "fired b", "fired c");
      driver.runEpoch();
      assertThat(SEEN).hasSize(3);
    }
  }

  /** Sets an event timer at its value. */
  private static final class Timed extends DoFn<KV<Integer, Integer>, Integer> {
    @TimerId("due")
    private final TimerSpec due = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Element KV<Integer, Integer> element, @TimerId("due") Timer timer) {
      timer.set(Instant.ofEpochMilli(element.getValue()));
    }

    @OnTimer("due")
    public void fire(@Key Integer key) {
      FIRED.incrementAndGet();
    }
  }

  @Test
  void manyTimersAreSpreadOverEpochsAndTheWatermarkStopsAtTheLastThatFired() throws Exception {
    List<KV<Integer, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      elements.add(KV.of(i, i));
    }
    pipeline.apply(Create.of(elements)).apply("Timed", ParDo.of(new Timed()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 5)) {
      while (FIRED.get() == 0) {
        driver.runEpoch();
      }
      assertThat(FIRED.get()).isBetween(10_000, 20_000);
      assertThat(driver.ended()).isFalse();
      assertThat(driver.watermark("Timed").getMillis()).isBetween(0L, 25_000L);
      driver.runUntilQuiet();
      assertThat(FIRED.get()).isEqualTo(25_000);
      assertThat(driver.ended()).isTrue();
    }
  }

  @Test
  void manyTimersOfOneTimestampAreSpreadOverEpochsAndHoldTheWatermark() throws Exception {
    List<KV<Integer, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < 45_000; i++) {
      elements.add(KV.of(i, 7));
    }
    pipeline.apply(Create.of(elements)).apply("Timed", ParDo.of(new Timed()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 5)) {
      while (FIRED.get() == 0) {
        driver.runEpoch();
      }
      assertThat(FIRED.get()).isEqualTo(20_000);
      assertThat(driver.watermark("Timed").getMillis()).isEqualTo(7);
      driver.runEpoch();
      assertThat(FIRED.get()).isEqualTo(40_000);
      assertThat(driver.watermark("Timed").getMillis()).isEqualTo(7);
      driver.runUntilQuiet();
      assertThat(FIRED.get()).isEqualTo(45_000);
      assertThat(driver.ended()).isTrue();
    }
  }

  /** A timer that sets itself again, a millisecond later. */
  private static final class Looping extends DoFn<KV<Integer, Integer>, Integer> {
    @TimerId("loop")
    private final TimerSpec loop = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@Element KV<Integer, Integer> element, @TimerId("loop") Timer timer) {
      timer.set(Instant.ofEpochMilli(element.getValue()));
    }

    @OnTimer("loop")
    public void fire(OnTimerContext context, @TimerId("loop") Timer timer) {
      if (FIRED.incrementAndGet() < 25_000) {
        timer.set(context.fireTimestamp().plus(Duration.millis(1)));
      }
    }
  }

  @Test
  void aLoopingTimerIsSpreadOverEpochs() throws Exception {
    pipeline.apply(Create.of(KV.of(0, 0))).apply("Looping", ParDo.of(new Looping()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 5)) {
      while (FIRED.get() == 0) {
        driver.runEpoch();
      }
      assertThat(FIRED.get()).isEqualTo(10_000);
      driver.runUntilQuiet();
      assertThat(FIRED.get()).isEqualTo(25_000);
      assertThat(driver.ended()).isTrue();
    }
  }

  /** Registers a finalizer with every element. */
  private static final class Finalizing extends DoFn<String, String> {
    @ProcessElement
    public void process(
        @Element String element, OutputReceiver<String> output, BundleFinalizer finalizer) {
      output.output(element);
      finalizer.afterBundleCommit(
          Instant.ofEpochMilli(Long.MAX_VALUE / 2), () -> SEEN.add("committed"));
    }
  }

  @Test
  void finalizersRunAfterTheEpochThatTheyBelongTo() throws Exception {
    pipeline.apply(Create.of("a")).apply(ParDo.of(new Finalizing())).apply(ParDo.of(new See()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 2)) {
      driver.runUntilQuiet();
      assertThat(SEEN).containsExactly("fired a", "committed");
    }
  }

  /** Emits one number, then wants an hour's rest. */
  @DoFn.BoundedPerElement
  private static final class Slow extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initialRestriction() {
      return new OffsetRange(0, 3);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> output) {
      long position = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(position)) {
        return ProcessContinuation.stop();
      }
      output.output(element + position);
      return ProcessContinuation.resume().withResumeDelay(Duration.standardHours(1));
    }
  }

  @Test
  void aResidualIsResumedWhenItsTimeHasComeAndHoldsTheWatermark() throws Exception {
    pipeline.apply(Create.of("a")).apply("Slow", ParDo.of(new Slow())).apply(ParDo.of(new See()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 4)) {
      driver.runUntilQuiet();
      assertThat(SEEN).containsExactly("fired a0");
      assertThat(driver.watermark("Slow")).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);

      driver.advance(Duration.standardMinutes(59)).runUntilQuiet();
      assertThat(SEEN).hasSize(1);
      driver.advance(Duration.standardMinutes(1)).runUntilQuiet();
      assertThat(SEEN).containsExactly("fired a0", "fired a1");
      assertThat(driver.ended()).isFalse();

      driver.advance(Duration.standardHours(1)).runUntilQuiet();
      driver.advance(Duration.standardHours(1)).runUntilQuiet();
      assertThat(SEEN).containsExactly("fired a0", "fired a1", "fired a2");
      assertThat(driver.ended()).isTrue();
    }
  }

  /** Remembers the pane of what it sees. */
  private static final class SeePane extends DoFn<Integer, Void> {
    @ProcessElement
    public void process(@Element Integer element, PaneInfo pane) {
      SEEN.add(pane.getTiming() + " " + element);
    }
  }

  /** Emits its value, and lets a minute pass before the watermark does. */
  private static final class Minute extends DoFn<KV<String, Integer>, Integer> {
    @TimerId("minute")
    private final TimerSpec minute = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        BoundedWindow window,
        OutputReceiver<Integer> output,
        @TimerId("minute") Timer timer) {
      output.output(element.getValue());
      timer.set(window.maxTimestamp());
    }

    @OnTimer("minute")
    public void fire() {
      driver().advance(Duration.standardMinutes(1));
    }

    private static PipelineTestDriver driver() {
      return Objects.requireNonNull(RUNNING.get());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPaneThatTimeFiresComesBeforeThatOfTheEnd(boolean streaming) throws Exception {
    pipeline.getOptions().as(ExecutionOptions.class).setStreaming(streaming);
    pipeline
        .apply(Create.of(KV.of("k", 42)))
        .apply("Minute", ParDo.of(new Minute()))
        .apply(
            Window.<Integer>configure()
                .triggering(
                    Repeatedly.forever(
                        AfterProcessingTime.pastFirstElementInPane()
                            .plusDelayOf(Duration.standardSeconds(1))))
                .accumulatingFiredPanes()
                .withAllowedLateness(Duration.ZERO))
        .apply("Sum", Sum.integersGlobally().withoutDefaults())
        .apply(ParDo.of(new SeePane()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 6)) {
      RUNNING.set(driver);
      driver.runUntilQuiet();
      assertThat(SEEN).containsExactly("EARLY 42", "ON_TIME 42");
      assertThat(driver.ended()).isTrue();
    }
  }

  @Test
  void aWindowExpiresWithItsPendingProcessingTimers() throws Exception {
    pipeline
        .apply(Create.of(KV.of("k", 1)))
        .apply("Hourly", ParDo.of(new Hourly()))
        .apply(ParDo.of(new See()));
    try (PipelineTestDriver driver = new PipelineTestDriver(pipeline, 3)) {
      driver.runUntilQuiet();
      assertThat(SEEN).containsExactly("set k");
      assertThat(driver.watermark("Hourly").getMillis())
          .isGreaterThan(GlobalWindow.INSTANCE.maxTimestamp().getMillis());
      assertThat(driver.ended()).isTrue();
      driver.advance(Duration.standardHours(2)).runUntilQuiet();
      assertThat(SEEN).containsExactly("set k");
    }
  }
}
