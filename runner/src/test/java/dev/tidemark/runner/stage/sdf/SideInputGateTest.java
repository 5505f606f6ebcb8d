package dev.tidemark.runner.stage.sdf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SideInputGateTest {
  private final StubCells cells = new StubCells();
  private final ManualClock clock = new ManualClock(0);

  /** Reads its side input in every way. */
  @DoFn.UnboundedPerElement
  static final class Reading extends DoFn<String, String> {
    private final PCollectionView<String> view;

    Reading(PCollectionView<String> view) {
      this.view = view;
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element String element, @SideInput("side") String side) {
      return new OffsetRange(0, side.length());
    }

    @ProcessElement
    public void process(
        ProcessContext context,
        @SideInput("side") String side,
        RestrictionTracker<OffsetRange, Long> tracker) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        context.output(context.element() + context.sideInput(view) + side + i);
      }
    }
  }

  /** Emits its side input twice, 100 milliseconds apart. */
  @DoFn.UnboundedPerElement
  static final class ReadingTwice extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, 2);
    }

    @ProcessElement
    public ProcessContinuation process(
        @SideInput("side") String side,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> output) {
      if (!tracker.tryClaim(tracker.currentRestriction().getFrom())) {
        return ProcessContinuation.stop();
      }
      output.output(side);
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(100));
    }
  }

  private static SplittableGraph graph() {
    return graph(Reading::new);
  }

  private static SplittableGraph graph(
      Function<PCollectionView<String>, DoFn<String, String>> function) {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> windowed =
        pipeline.apply(Create.of("x")).apply(Window.into(FixedWindows.of(Duration.millis(10))));
    PCollectionView<String> view = windowed.apply(View.asSingleton());
    windowed.apply("Enrich", ParDo.of(function.apply(view)).withSideInput("side", view));
    return SplittableGraph.of(pipeline, false);
  }

  private static IntervalWindow window(long start) {
    return new IntervalWindow(new Instant(start), new Instant(start + 10));
  }

  private static WindowedValue<Object> inBothWindows(Object value, long timestamp) {
    return WindowedValues.of(
        value, new Instant(timestamp), List.of(window(0), window(10)), PaneInfo.NO_FIRING);
  }

  private static List<Object> values(StubNodeContext context) {
    List<Object> values = new ArrayList<>();
    context
        .emitted(context.node().outputs().keySet().iterator().next())
        .forEach(element -> values.add(element.getValue()));
    return values;
  }

  @Test
  void anElementWaitsForItsSideInputWindowByWindow() throws Exception {
    SplittableGraph graph = graph();
    StubNodeContext context = graph.context(graph.pair, cells, clock);
    NodeProcessor processor = new PairWithRestrictionProcessor();
    processor.open(context);
    context.sideInput.put(window(10), "yy");

    processor.process(inBothWindows("a", 4));
    assertThat(context.emitted(tag(context))).hasSize(1);
    assertThat(processor.inputHold()).isEqualTo(4);
    processor.advanceWatermark(1);
    assertThat(context.emitted(tag(context))).hasSize(1);

    context.sideInput.put(window(0), "x");
    processor.resumePending();
    List<WindowedValue<?>> emitted = context.emitted(tag(context));
    assertThat(emitted).hasSize(2);
    assertThat(emitted.get(0).getWindows().iterator().next()).isEqualTo(window(10));
    assertThat(range(emitted.get(0))).isEqualTo(new OffsetRange(0, 2));
    assertThat(emitted.get(1).getWindows().iterator().next()).isEqualTo(window(0));
    assertThat(range(emitted.get(1))).isEqualTo(new OffsetRange(0, 1));
    assertThat(processor.inputHold()).isEqualTo(Timestamps.MAX);
    assertThat(cells.size()).isZero();
    processor.close();
  }

  @Test
  void whatWaitsSurvivesARestart() throws Exception {
    SplittableGraph graph = graph();
    NodeProcessor processor = new PairWithRestrictionProcessor();
    processor.open(graph.context(graph.pair, cells, clock));
    processor.process(inBothWindows("a", 4));
    processor.close();

    StubNodeContext again = graph.context(graph.pair, cells, clock);
    processor = new PairWithRestrictionProcessor();
    processor.open(again);
    assertThat(processor.inputHold()).isEqualTo(4);
    again.sideInput.put(window(0), "x");
    again.sideInput.put(window(10), "yy");
    processor.advanceWatermark(20);
    assertThat(again.emitted(tag(again))).hasSize(2);
    processor.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void processElementReadsItsSideInputs(boolean inline) throws Exception {
    SplittableGraph graph = graph();
    StubNodeContext context = graph.context(graph.process, cells, clock);
    NodeProcessor processor = new ProcessSizedElementsProcessor(inline);
    processor.open(context);

    processor.process(inBothWindows(KV.of(KV.of("a", KV.of(new OffsetRange(0, 1), null)), 1.0), 4));
    assertThat(values(context)).isEmpty();
    assertThat(processor.inputHold()).isEqualTo(4);
    context.sideInput.put(window(0), "x");
    context.sideInput.put(window(10), "y");
    resumeUntil(
        processor,
        () -> Math.min(processor.inputHold(), processor.pendingHold()) == Timestamps.MAX);

    assertThat(values(context)).containsExactlyInAnyOrder("axx0", "ayy0");
    processor.close();
  }

  private static void resumeUntil(NodeProcessor processor, BooleanSupplier condition)
      throws Exception {
    long deadline = System.nanoTime() + java.time.Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      processor.resumePending();
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterADelayItReadsTheSideInputsAsTheyAreThen(boolean inline) throws Exception {
    SplittableGraph graph = graph(view -> new ReadingTwice());
    StubNodeContext context = graph.context(graph.process, cells, clock);
    NodeProcessor processor = new ProcessSizedElementsProcessor(inline);
    processor.open(context);
    context.sideInput.put(window(0), "before");
    processor.process(
        WindowedValues.of(
            KV.of(KV.of("a", KV.of(new OffsetRange(0, 2), null)), 1.0),
            new Instant(4),
            window(0),
            PaneInfo.NO_FIRING));
    resumeUntil(processor, () -> values(context).equals(List.of("before")));
    assertThat(processor.nextResume()).isEqualTo(100);

    context.sideInput.put(window(0), "after");
    clock.advance(100);
    resumeUntil(processor, () -> values(context).equals(List.of("before", "after")));
    processor.close();
  }

  private static String tag(StubNodeContext context) {
    return context.node().outputs().keySet().iterator().next();
  }

  private static Object range(WindowedValue<?> paired) {
    Object restriction = ((KV<?, ?>) paired.getValue()).getValue();
    if (!(restriction instanceof KV<?, ?> kv) || kv.getKey() == null) {
      throw new AssertionError(paired);
    }
    return kv.getKey();
  }
}
