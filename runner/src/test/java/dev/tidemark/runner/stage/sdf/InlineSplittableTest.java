package dev.tidemark.runner.stage.sdf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class InlineSplittableTest {
  private static final String NAME = "Read My Files";

  private final ManualClock clock = new ManualClock(1_000);
  private final StubCells cells = new StubCells();

  private static SplittableGraph graph(DoFn<String, String> function, boolean bounded) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of("x:1"))
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply(NAME, ParDo.of(function));
    return SplittableGraph.of(pipeline, bounded);
  }

  private static IntervalWindow window(long start) {
    return new IntervalWindow(new Instant(start), new Instant(start + 10));
  }

  private static WindowedValue<?> element(String value) {
    return WindowedValues.of(value, new Instant(3), List.of(window(0)), PaneInfo.NO_FIRING);
  }

  private static List<Object> values(StubNodeContext context) {
    List<Object> values = new ArrayList<>();
    context.emitted(tag(context)).forEach(element -> values.add(element.getValue()));
    return values;
  }

  private static String tag(StubNodeContext context) {
    return context.node().outputs().keySet().iterator().next();
  }

  private static ProcessSizedElementsProcessor open(StubNodeContext context) throws Exception {
    ProcessSizedElementsProcessor processor = new ProcessSizedElementsProcessor(true);
    processor.open(context);
    return processor;
  }

  private static void bundle(
      ProcessSizedElementsProcessor processor, List<WindowedValue<?>> elements) throws Exception {
    processor.startBundle();
    for (WindowedValue<?> element : elements) {
      processor.process(element);
    }
    processor.resumePending();
    processor.finishBundle();
  }

  @Test
  void processesARestrictionToItsEndWithoutTouchingTheState() throws Exception {
    SplittableGraph graph = graph(new Functions.Count(0, 0, 0), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    context.streaming = false;
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:20000"))));

    assertThat(values(context))
        .isEqualTo(LongStream.range(0, 20_000).mapToObj(i -> "a" + i).toList());
    WindowedValue<?> first = context.emitted(tag(context)).get(0);
    assertThat(first.getTimestamp()).isEqualTo(new Instant(3));
    assertThat(first.getWindows().iterator().next()).isEqualTo(window(0));
    assertThat(cells.size()).isZero();
    assertThat(processor.pendingHold()).isEqualTo(Timestamps.MAX);
    assertThat(processor.nextResume()).isEqualTo(Long.MAX_VALUE);
    processor.close();
  }

  @Property(tries = 50)
  void everyPositionIsProcessedOnceWhateverTheSplitsTurnsAndRestarts(
      @ForAll @IntRange(max = 60) int size,
      @ForAll @IntRange(min = 1, max = 9) int claimsPerTurn,
      @ForAll @IntRange(min = 1, max = 1_000) int splitSeed,
      @ForAll @IntRange(max = 3) int restartEvery,
      @ForAll boolean streaming)
      throws Exception {
    SplittableGraph graph = graph(new Functions.Count(claimsPerTurn, 5, splitSeed), true);
    StubCells state = new StubCells();
    ManualClock time = new ManualClock(0);
    StubNodeContext context = graph.context(graph.process, state, time);
    context.streaming = streaming;
    ProcessSizedElementsProcessor processor = open(context);
    List<Object> seen = new ArrayList<>();
    bundle(processor, graph.restrictions(List.of(element("a:" + size), element("b:" + size))));
    int turns = 0;
    while (processor.nextResume() < Long.MAX_VALUE) {
      assertThat(processor.pendingHold()).isLessThan(Timestamps.MAX);
      time.advance(1);
      if (restartEvery > 0 && ++turns % restartEvery == 0) {
        processor.close();
        seen.addAll(values(context));
        context = graph.context(graph.process, state, time);
        context.streaming = streaming;
        processor = open(context);
      }
      bundle(processor, List.of());
    }
    processor.close();
    seen.addAll(values(context));

    List<Object> expected = new ArrayList<>();
    LongStream.range(0, size).forEach(i -> expected.addAll(List.of("a" + i, "b" + i)));
    assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(state.size()).isZero();
  }

  @Test
  void whatGivesUpItsTurnResumesWhenItsTimeHasCome() throws Exception {
    SplittableGraph graph = graph(new Functions.Count(1, 250, 0), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:2"))));
    assertThat(values(context)).containsExactly("a0");
    assertThat(processor.nextResume()).isEqualTo(1_250);

    clock.advance(249);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("a0");

    clock.advance(1);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("a0", "a1");
    processor.close();
  }

  @Test
  void underStreamingTheRunnerCutsACallAfterItsOutputs() throws Exception {
    SplittableGraph graph = graph(new Functions.Count(0, 0, 0), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    int size = ProcessSizedElementsProcessor.MAX_OUTPUTS + 5;

    processor.startBundle();
    processor.process(graph.restrictions(List.of(element("a:" + size))).get(0));
    processor.finishBundle();

    assertThat(values(context)).hasSize(ProcessSizedElementsProcessor.MAX_OUTPUTS);
    assertThat(cells.size()).isEqualTo(1);
    assertThat(processor.nextResume()).isLessThanOrEqualTo(clock.millis());

    bundle(processor, List.of());
    assertThat(values(context)).hasSize(size).doesNotHaveDuplicates();
    processor.close();
  }

  @Test
  void underStreamingTheRunnerCutsACallAfterItsTime() throws Exception {
    SplittableGraph graph = graph(new Functions.Busy(), false);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    context.maxProcessTime = Duration.millis(20);
    ProcessSizedElementsProcessor processor = open(context);

    processor.startBundle();
    processor.process(graph.restrictions(List.of(element("a:1"))).get(0));
    processor.finishBundle();

    assertThat(cells.size()).isEqualTo(1);
    processor.close();
    awaitNoThread("tidemark-checkpoint");
  }

  @Test
  void aBundleThatIsOutOfTimeLeavesTheRestForTheNext() throws Exception {
    SplittableGraph graph = graph(new Functions.Count(0, 0, 0), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    context.maxProcessTime = Duration.ZERO;
    ProcessSizedElementsProcessor processor = open(context);
    List<WindowedValue<?>> restrictions = graph.restrictions(List.of(element("a:3")));

    processor.startBundle();
    for (int i = 0; i < 5; i++) {
      processor.process(restrictions.get(0));
    }
    assertThat(processor.resumePending()).isFalse();
    processor.finishBundle();
    assertThat(processor.pendingHold()).isEqualTo(3);

    context.maxProcessTime = Duration.standardSeconds(10);
    while (processor.nextResume() < Long.MAX_VALUE) {
      clock.advance(1);
      bundle(processor, List.of());
    }
    assertThat(values(context)).hasSize(15);
    processor.close();
  }

  @Test
  void theEstimatorsWatermarkHoldsTheOutput() throws Exception {
    SplittableGraph graph = graph(new Functions.Forever(), false);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:41"))));
    assertThat(values(context)).containsExactly("a41");
    assertThat(processor.pendingHold()).isEqualTo(42);

    // State and hold survive a restart.
    processor.close();
    processor = open(context);
    assertThat(processor.pendingHold()).isEqualTo(42);
    clock.advance(100);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("a41", "a42");
    assertThat(processor.pendingHold()).isEqualTo(43);
    processor.close();
  }

  @Test
  void drainingDropsAnUnboundedRestriction() throws Exception {
    SplittableGraph graph = graph(new Functions.Forever(), false);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, graph.restrictions(List.of(element("a:0"))));

    context.draining = true;
    assertThat(processor.nextResume()).isLessThanOrEqualTo(clock.millis());
    bundle(processor, graph.restrictions(List.of(element("late:0"))));

    assertThat(values(context)).containsExactly("a0");
    assertThat(processor.pendingHold()).isEqualTo(Timestamps.MAX);
    assertThat(cells.size()).isZero();
    processor.close();
  }

  @Test
  void drainingFinishesABoundedRestriction() throws Exception {
    SplittableGraph graph = graph(new Functions.Count(1, 50, 0), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, graph.restrictions(List.of(element("a:3"))));

    context.draining = true;
    while (processor.nextResume() < Long.MAX_VALUE) {
      clock.advance(50);
      bundle(processor, List.of());
    }

    assertThat(values(context)).containsExactly("a0", "a1", "a2");
    processor.close();
  }

  @Test
  void drainingAsksTheFunctionOnceHowMuchIsLeft() throws Exception {
    SplittableGraph graph = graph(new Functions.TwoMore(), false);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, graph.restrictions(List.of(element("a:0"))));
    int before = values(context).size();

    context.draining = true;
    int turns = 0;
    while (processor.nextResume() < Long.MAX_VALUE) {
      clock.advance(1);
      bundle(processor, List.of());
      assertThat(++turns).isLessThan(10);
    }

    assertThat(values(context)).hasSize(before + 2);
    processor.close();
  }

  @Test
  void eachWindowHasItsOwnCallIfTheFunctionAsksForTheWindow() throws Exception {
    Functions.Journal journal = new Functions.Journal();
    SplittableGraph graph = graph(new Functions.Curious(journal), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    WindowedValue<?> inTwo =
        WindowedValues.of("a", new Instant(3), List.of(window(0), window(10)), PaneInfo.NO_FIRING);

    bundle(processor, graph.restrictions(List.of(inTwo)));

    assertThat(values(context)).containsExactly("a0@9", "a0@19", "a1@19");
    processor.close();
  }

  @Test
  void theFunctionsLifeIsAsBeamSays() throws Exception {
    Functions.Journal journal = new Functions.Journal();
    SplittableGraph graph = graph(new Functions.Curious(journal), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    List<WindowedValue<?>> restrictions = graph.restrictions(List.of(element("a")));
    assertThat(journal.entries()).containsExactly("setup", "teardown", "setup", "teardown");

    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, restrictions);
    bundle(processor, List.of());
    bundle(processor, restrictions);
    processor.close();
    context.callbacks.get(0).onBundleSuccess();

    assertThat(journal.entries().subList(4, journal.entries().size()))
        .containsExactly(
            "setup",
            "start",
            "process",
            "finish",
            "start",
            "process",
            "finish",
            "teardown",
            "finalized");
    assertThat(context.callbacks).hasSize(2);
  }

  @Test
  void whatTheFunctionThrowsComesOutBareAndNamesTheTransform() throws Exception {
    SplittableGraph graph = graph(new Functions.Failing(), true);

    for (String method : List.of("initial", "split")) {
      assertThatThrownBy(() -> graph.restrictions(List.of(element(method))))
          .isInstanceOf(TransformException.class)
          .hasMessageContaining(NAME)
          .cause()
          .isExactlyInstanceOf(IllegalArgumentException.class)
          .hasMessage("no such file");
    }
    ProcessSizedElementsProcessor processor = open(graph.context(graph.process, cells, clock));
    List<WindowedValue<?>> restrictions = graph.restrictions(List.of(element("process")));
    assertThatThrownBy(() -> bundle(processor, restrictions))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining(NAME)
        .cause()
        .isExactlyInstanceOf(IllegalArgumentException.class);
    processor.close();
  }

  @Test
  void metricsGoToTheContainerThatIsCurrent() throws Exception {
    SplittableGraph graph = graph(new Functions.Count(0, 0, 0), true);
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    try (var scope = MetricsEnvironment.scopedMetricsContainer(context.metrics)) {
      bundle(processor, graph.restrictions(List.of(element("a:4"))));
      assertThat(scope).isNotNull();
    }
    assertThat(
            context
                .metrics
                .getCounter(org.apache.beam.sdk.metrics.MetricName.named("count", "outputs"))
                .getCumulative())
        .isEqualTo(4);
    processor.close();
  }

  @Test
  void splitsCoverTheWholeRestrictionAndAreSized() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      SplittableGraph graph = graph(new Functions.Count(0, 0, 1 + random.nextInt(99)), true);
      List<WindowedValue<?>> parts = graph.restrictions(List.of(element("a:50")));
      double size = 0;
      for (WindowedValue<?> part : parts) {
        size += (Double) ((org.apache.beam.sdk.values.KV<?, ?>) part.getValue()).getValue();
      }
      assertThat(size).isEqualTo(50);
    }
  }

  /** A thread is still there for an instant after its pool has ended. */
  private static void awaitNoThread(String prefix) throws InterruptedException {
    long deadline = System.nanoTime() + java.time.Duration.ofSeconds(20).toNanos();
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith(prefix))) {
      assertThat(System.nanoTime() - deadline).as("a thread is left: " + prefix).isNegative();
      Thread.sleep(1);
    }
  }
}
