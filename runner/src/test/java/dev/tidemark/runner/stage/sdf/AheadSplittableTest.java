package dev.tidemark.runner.stage.sdf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AheadSplittableTest {
  private static final String NAME = "Read My Topic";

  private final ManualClock clock = new ManualClock(1_000);
  private final StubCells cells = new StubCells();
  private final Functions.Journal journal = new Functions.Journal();
  private final List<ProcessSizedElementsProcessor> open = new ArrayList<>();

  private static SplittableGraph graph(DoFn<String, String> function) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.timestamped(TimestampedValue.of("x:1", new Instant(3))))
        .apply(NAME, ParDo.of(function));
    return SplittableGraph.of(pipeline, false);
  }

  private static WindowedValue<?> element(String value) {
    return WindowedValues.timestampedValueInGlobalWindow(value, new Instant(3));
  }

  private ProcessSizedElementsProcessor open(StubNodeContext context) throws Exception {
    ProcessSizedElementsProcessor processor = new ProcessSizedElementsProcessor(false);
    open.add(processor);
    processor.open(context);
    return processor;
  }

  private void close(ProcessSizedElementsProcessor processor) throws Exception {
    open.remove(processor);
    processor.close();
  }

  @AfterEach
  void noThreadIsLeft() throws Exception {
    for (ProcessSizedElementsProcessor processor : List.copyOf(open)) {
      close(processor);
    }
    // A thread is still there for an instant after its pool has ended.
    await(
        "the end of all threads",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("tidemark-")));
  }

  private static List<Object> values(StubNodeContext context) {
    List<Object> values = new ArrayList<>();
    context
        .emitted(context.node().outputs().keySet().iterator().next())
        .forEach(element -> values.add(element.getValue()));
    return values;
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

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("still waiting for: " + what).isNegative();
      Thread.sleep(1);
    }
  }

  /** Sweeps whenever something is due, until nothing is left. */
  private void sweepToTheEnd(ProcessSizedElementsProcessor processor) throws Exception {
    while (processor.pendingHold() < Timestamps.MAX) {
      await("something to resume", () -> processor.nextResume() <= clock.millis());
      bundle(processor, List.of());
    }
  }

  @Test
  void aFunctionThatBlocksDelaysNoSweep() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:3"), element("b:2"))));
    await("both calls", () -> journal.entries().containsAll(List.of("in a0", "in b0")));
    bundle(processor, List.of());

    assertThat(values(context)).isEmpty();
    assertThat(processor.pendingHold()).isEqualTo(3);
    assertThat(processor.nextResume()).isEqualTo(Long.MAX_VALUE);
    assertThat(cells.size()).isEqualTo(2);

    journal.gate().countDown();
    await("a call of wakeUp", () -> context.wakeUps.get() > 0);
    sweepToTheEnd(processor);
    assertThat(values(context)).containsExactlyInAnyOrder("a0", "a1", "a2", "b0", "b1");
    assertThat(values(context)).filteredOn(v -> v.toString().startsWith("a")).isSorted();
    assertThat(cells.size()).isZero();
    assertThat(context.failures).isEmpty();
  }

  @Test
  void callbacksComeWithTheirOutputs() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    journal.gate().countDown();

    bundle(processor, graph.restrictions(List.of(element("a:1"))));
    sweepToTheEnd(processor);

    assertThat(journal.entries()).doesNotContain("finalized a0");
    assertThat(context.callbacks).hasSize(1);
    context.callbacks.get(0).onBundleSuccess();
    assertThat(journal.entries()).contains("finalized a0");
  }

  @Test
  void aWorkerRunsAtMostOneSliceFurtherThanWhatTheLaneTook() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    journal.gate().countDown();

    bundle(processor, graph.restrictions(List.of(element("a:100"))));
    await("two slices", () -> context.wakeUps.get() == 2);
    List<String> calls = journal.entries();
    assertThat(calls).filteredOn(entry -> entry.startsWith("in a")).hasSize(2);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("a0", "a1");
  }

  @Test
  void whatWasNotTakenIsProcessedAgainAfterARestart() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    journal.gate().countDown();
    bundle(processor, graph.restrictions(List.of(element("a:4"))));
    await("two slices", () -> context.wakeUps.get() == 2);

    close(processor);
    assertThat(values(context)).isEmpty();
    StubNodeContext again = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor restarted = open(again);
    bundle(restarted, List.of());
    sweepToTheEnd(restarted);

    assertThat(values(again)).containsExactly("a0", "a1", "a2", "a3");
  }

  @Test
  void resumeDelaysAreKept() throws Exception {
    SplittableGraph graph = graph(new Functions.Forever());
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:41"))));
    await("a slice", () -> context.wakeUps.get() == 1);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("a41");
    assertThat(processor.pendingHold()).isEqualTo(42);
    // Its thread keeps its time, by this clock, which stands still.
    assertThat(processor.nextResume()).isEqualTo(Long.MAX_VALUE);

    clock.advance(100);
    await("the next slice", () -> context.wakeUps.get() == 2);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("a41", "a42");
  }

  @Test
  void whatWaitsForDataIsResumedInTimeWhateverTheLaneIsDoing() throws Exception {
    SplittableGraph graph = graph(new Functions.Polling(journal));
    StubNodeContext context = graph.context(graph.process, cells, Clock.SYSTEM);
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:20"))));
    // The lane does nothing from here on.
    await("all polls", () -> journal.entries().contains("poll a19"));
    assertThat(values(context)).isEmpty();
    assertThat(context.wakeUps).as("what it found and its end").hasValueLessThanOrEqualTo(2);

    sweepToTheEnd(processor);
    assertThat(values(context)).containsExactly("a0");
    assertThat(journal.entries()).filteredOn(entry -> entry.startsWith("poll")).hasSize(20);
  }

  @Test
  void itemsOfOneThreadWaitEachForItsOwnTime() throws Exception {
    SplittableGraph graph = graph(new Functions.Polling(journal));
    StubNodeContext context = graph.context(graph.process, cells, Clock.SYSTEM);
    ProcessSizedElementsProcessor processor = open(context);
    List<WindowedValue<?>> elements = new ArrayList<>();
    List<String> lastPolls = new ArrayList<>();
    for (String name : List.of("slow", "fast")) {
      for (int i = 0; i < 32; i++) {
        elements.add(element(name + i + "-:3"));
      }
    }
    for (int i = 0; i < 32; i++) {
      lastPolls.add("poll fast" + i + "-2");
    }

    bundle(processor, graph.restrictions(elements));

    await("all polls of those that need not wait", () -> journal.entries().containsAll(lastPolls));
    assertThat(journal.entries()).filteredOn(entry -> entry.matches("poll slow.*-[12]")).isEmpty();
  }

  @Test
  void drainingTruncatesAtOnceWhatWaitsForItsTime() throws Exception {
    SplittableGraph graph = graph(new Functions.Polling(journal));
    StubNodeContext context = graph.context(graph.process, cells, Clock.SYSTEM);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, graph.restrictions(List.of(element("slow:9"))));
    await("a slice", () -> context.wakeUps.get() == 1);
    bundle(processor, List.of());
    assertThat(values(context)).containsExactly("slow0");
    assertThat(processor.nextResume()).isEqualTo(Long.MAX_VALUE);

    context.draining = true;
    sweepToTheEnd(processor);

    assertThat(journal.entries()).containsExactly("poll slow0", "truncate slow1");
    assertThat(cells.size()).isZero();
  }

  @Test
  void aCallWithoutEndIsCutShort() throws Exception {
    SplittableGraph graph = graph(new Functions.Busy());
    StubNodeContext context = graph.context(graph.process, cells, clock);
    context.maxProcessTime = org.joda.time.Duration.millis(20);
    ProcessSizedElementsProcessor processor = open(context);

    bundle(processor, graph.restrictions(List.of(element("a:1"))));
    await("a slice", () -> context.wakeUps.get() > 0);
    bundle(processor, List.of());
    assertThat(cells.size()).isEqualTo(1);
  }

  @Test
  void drainingTruncatesAlsoWhatIsRunning() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, graph.restrictions(List.of(element("a:2"))));
    await("the call", () -> journal.entries().contains("in a0"));

    context.draining = true;
    bundle(processor, List.of());
    journal.gate().countDown();
    sweepToTheEnd(processor);

    // Its tracker says that it is bounded, so it runs to its end.
    assertThat(values(context)).containsExactly("a0", "a1");
  }

  @Test
  void drainingDropsWhatIsUnbounded() throws Exception {
    SplittableGraph graph = graph(new Functions.Forever());
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, graph.restrictions(List.of(element("a:1"), element("b:1"))));

    context.draining = true;
    bundle(processor, List.of());
    sweepToTheEnd(processor);

    assertThat(values(context)).hasSizeLessThanOrEqualTo(4);
    assertThat(cells.size()).isZero();
  }

  @Test
  void whatTheFunctionThrowsFailsTheJob() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    journal.gate().countDown();

    bundle(processor, graph.restrictions(List.of(element("bad:1"))));
    await("the failure", () -> !context.failures.isEmpty());

    assertThat(context.failures.get(0))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining(NAME)
        .cause()
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such topic");
    assertThat(processor.pendingHold()).isLessThan(Timestamps.MAX);
  }

  @Test
  void closingInterruptsAFunctionThatWaitsAndTearsItDown() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    List<WindowedValue<?>> restrictions = graph.restrictions(List.of(element("a:3")));
    long before = count("teardown");
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    bundle(processor, restrictions);
    await("the call", () -> journal.entries().contains("in a0"));

    close(processor);

    assertThat(count("teardown") - before).isEqualTo(1);
    assertThat(context.failures).isEmpty();
  }

  private long count(String entry) {
    return journal.entries().stream().filter(entry::equals).count();
  }

  @Test
  void manyItemsShareTheThreads() throws Exception {
    SplittableGraph graph = graph(new Functions.Blocking(journal));
    StubNodeContext context = graph.context(graph.process, cells, clock);
    ProcessSizedElementsProcessor processor = open(context);
    List<WindowedValue<?>> elements = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      elements.add(element("e" + i + "-:2"));
    }
    journal.gate().countDown();
    bundle(processor, graph.restrictions(elements));
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("tidemark-sdf"))
            .count();
    assertThat(threads).isBetween(2L, 32L);
    sweepToTheEnd(processor);
    assertThat(values(context)).hasSize(200).doesNotHaveDuplicates();
  }
}
