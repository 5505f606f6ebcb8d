package dev.tidemark.runner.stage.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Grouping and combining with triggers, lateness and merging windows. */
class ReduceFnGroupProcessorTest {
  private static final IntervalWindow FIRST = window(0, 10);
  private static final IntervalWindow SECOND = window(10, 20);

  private static IntervalWindow window(long start, long end) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }

  private static Window<KV<String, Integer>> fixed() {
    return Window.into(FixedWindows.of(Duration.millis(10)));
  }

  private static PCollection<KV<String, Integer>> windowed(Window<KV<String, Integer>> window) {
    return Pipeline.create().apply(Create.of(KV.of("a", 1))).apply(window);
  }

  private static NodeInGraph grouping(Window<KV<String, Integer>> window) {
    PCollection<KV<String, Integer>> input = windowed(window);
    input.apply("Step", GroupByKey.create());
    return TestGraphs.node(input.getPipeline(), "Step");
  }

  private static NodeInGraph summing(Window<KV<String, Integer>> window) {
    PCollection<KV<String, Integer>> input = windowed(window);
    input.apply("Step", Sum.integersPerKey());
    return TestGraphs.node(input.getPipeline(), "Step");
  }

  private static Scenario scenario(NodeInGraph node) {
    return Scenario.of(node, ReduceFnGroupProcessor::new);
  }

  private static Scenario.Step panesAre(String... expected) {
    return host -> assertThat(Panes.of(host)).containsExactlyInAnyOrder(expected);
  }

  @Test
  void windowsAreEmittedWhenTheWatermarkPassesThem() throws Exception {
    scenario(grouping(fixed()))
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("b", 2), 2, FIRST)
        .element(KV.of("a", 3), 11, SECOND)
        .element(KV.of("a", 4), 3, FIRST)
        .watermark(9)
        .check(panesAre())
        .watermark(10)
        .check(panesAre("a[1, 4]@9 until 10 ON_TIME last", "b[2]@9 until 10 ON_TIME last"))
        .endOfTime()
        .check(
            panesAre(
                "a[1, 4]@9 until 10 ON_TIME last",
                "b[2]@9 until 10 ON_TIME last",
                "a[3]@19 until 20 ON_TIME last"))
        .expectNothingLeft()
        .run();
  }

  @Test
  void oneLeapOverWindowAndLatenessGivesOnePane() throws Exception {
    scenario(grouping(fixed().withAllowedLateness(Duration.millis(50)).discardingFiredPanes()))
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("a", 2), 12, SECOND)
        .then(host -> host.watermark(1_000))
        .check(host -> assertThat(Panes.of(host)).hasSize(2))
        .expectNothingLeft()
        .run();
  }

  @Test
  void lateElementsGiveLatePanesUntilTheLatenessIsOver() throws Exception {
    scenario(grouping(fixed().withAllowedLateness(Duration.millis(5)).accumulatingFiredPanes()))
        .element(KV.of("a", 1), 1, FIRST)
        .watermark(10)
        .check(panesAre("a[1]@9 until 10 ON_TIME"))
        .element(KV.of("a", 2), 2, FIRST)
        .check(panesAre("a[1]@9 until 10 ON_TIME", "a[1, 2]@9 until 10 LATE"))
        .watermark(15)
        .element(KV.of("a", 3), 3, FIRST)
        .endOfTime()
        .check(panesAre("a[1]@9 until 10 ON_TIME", "a[1, 2]@9 until 10 LATE"))
        .check(
            host ->
                assertThat(
                        host.counter(
                            LateDataDroppingDoFnRunner.class,
                            LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS))
                    .isEqualTo(1))
        .expectNothingLeft()
        .run();
  }

  @Test
  void theWatermarkIsHeldAtTheTimestampOfThePane() throws Exception {
    scenario(grouping(fixed().withTimestampCombiner(TimestampCombiner.EARLIEST)))
        .element(KV.of("a", 1), 5, FIRST)
        .element(KV.of("a", 2), 3, FIRST)
        .watermark(9)
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(3))
        .watermark(12)
        .check(panesAre("a[1, 2]@3 until 10 ON_TIME last"))
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(12))
        .run();
  }

  @Test
  void sessionsMerge() throws Exception {
    Window<KV<String, Integer>> sessions =
        Window.into(Sessions.withGapDuration(Duration.millis(10)));
    scenario(grouping(sessions))
        .element(KV.of("a", 1), 0, window(0, 10))
        .element(KV.of("a", 2), 15, window(15, 25))
        .element(KV.of("b", 3), 15, window(15, 25))
        .element(KV.of("a", 4), 40, window(40, 50))
        .element(KV.of("a", 5), 8, window(8, 18))
        .endOfTime()
        .check(
            panesAre(
                "a[1, 2, 5]@24 until 25 ON_TIME last",
                "b[3]@24 until 25 ON_TIME last",
                "a[4]@49 until 50 ON_TIME last"))
        .expectNothingLeft()
        .run();
  }

  @Test
  void earlyFiringsByProcessingTimeThenOnTimeThenLate() throws Exception {
    scenario(
            summing(
                fixed()
                    .triggering(
                        AfterWatermark.pastEndOfWindow()
                            .withEarlyFirings(
                                AfterProcessingTime.pastFirstElementInPane()
                                    .plusDelayOf(Duration.millis(100)))
                            .withLateFirings(AfterPane.elementCountAtLeast(1)))
                    .withAllowedLateness(Duration.millis(20))
                    .accumulatingFiredPanes()))
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("a", 2), 2, FIRST)
        .processingTime(100)
        .check(panesAre())
        .processingTime(1)
        .check(panesAre("a[3]@9 until 10 EARLY"))
        .element(KV.of("a", 4), 3, FIRST)
        .watermark(11)
        .check(panesAre("a[3]@9 until 10 EARLY", "a[7]@9 until 10 ON_TIME"))
        .element(KV.of("a", 8), 4, FIRST)
        .check(
            panesAre("a[3]@9 until 10 EARLY", "a[7]@9 until 10 ON_TIME", "a[15]@9 until 10 LATE"))
        .endOfTime()
        .check(host -> assertThat(host.outputs()).hasSize(3))
        .run();
  }

  @Test
  void accumulatorsOfPartialCombinesAreMerged() throws Exception {
    NodeInGraph values = summing(fixed());
    Operation.CombinePerKey combine = (Operation.CombinePerKey) values.node().operation();
    NodeInGraph lifted =
        new NodeInGraph(
            values.graph(),
            new Node(
                values.node().id(),
                new Operation.CombinePerKey(combine.payload(), true),
                values.node().inputs(),
                values.node().outputs(),
                values.node().sideInputs(),
                values.node().transform(),
                null));
    scenario(lifted)
        .element(KV.of("a", new int[] {3}), 1, FIRST)
        .element(KV.of("a", new int[] {4}), 2, FIRST)
        .element(KV.of("b", new int[] {5}), 2, FIRST)
        .endOfTime()
        .check(panesAre("a[7]@9 until 10 ON_TIME last", "b[5]@9 until 10 ON_TIME last"))
        .expectNothingLeft()
        .run();
  }

  /** The greatest of some integers. */
  static final class Greatest implements SerializableFunction<Iterable<Integer>, Integer> {
    @Override
    public Integer apply(Iterable<Integer> values) {
      int greatest = Integer.MIN_VALUE;
      for (int value : values) {
        greatest = Math.max(greatest, value);
      }
      return greatest;
    }
  }

  @Test
  void functionsOfIterablesCombine() throws Exception {
    PCollection<KV<String, Integer>> input = windowed(fixed());
    input.apply("Step", Combine.perKey(new Greatest()));
    scenario(TestGraphs.node(input.getPipeline(), "Step"))
        .element(KV.of("a", 3), 1, FIRST)
        .element(KV.of("a", 9), 1, FIRST)
        .element(KV.of("a", 4), 2, FIRST)
        .endOfTime()
        .check(panesAre("a[9]@9 until 10 ON_TIME last"))
        .run();
  }

  @Test
  void aThousandElementsAreHandedOverAtOnceAndKeepTheirKey() throws Exception {
    Scenario scenario = scenario(grouping(fixed()));
    for (int i = 0; i < 2_500; i++) {
      scenario.element(KV.of(i % 2 == 0 ? "even" : "odd", i), 1, FIRST);
    }
    scenario
        .endOfTime()
        .check(
            host -> {
              assertThat(host.outputs()).hasSize(2);
              for (WindowedValue<?> output : host.outputs()) {
                KV<?, ?> grouped = (KV<?, ?>) output.getValue();
                int remainder = grouped.getKey().equals("even") ? 0 : 1;
                assertThat((Iterable<?>) grouped.getValue())
                    .hasSize(1_250)
                    .allMatch(value -> (Integer) value % 2 == remainder);
                assertThat(output.getPaneInfo())
                    .isEqualTo(PaneInfo.createPane(true, true, PaneInfo.Timing.ON_TIME, 0, 0));
              }
            })
        .run(Schedule.all().subList(0, 4));
  }

  @Test
  void whatADrainFiresIsMarked() throws Exception {
    scenario(grouping(fixed()))
        .element(KV.of("a", 1), 1, FIRST)
        .element(KV.of("a", 2), 12, SECOND)
        .watermark(10)
        .check(FakeHost::drain)
        .element(KV.of("a", 3), 13, SECOND)
        .endOfTime()
        .check(
            host ->
                assertThat(host.outputs())
                    .extracting(
                        pane -> pane.getWindows().iterator().next(),
                        pane -> ElementMetadata.of(pane).causedByDrain())
                    .containsExactly(tuple(FIRST, false), tuple(SECOND, true)))
        .run();
  }
}
