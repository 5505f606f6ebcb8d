package dev.tidemark.runner.stage.group;

import static org.apache.beam.sdk.transforms.windowing.PaneInfo.NO_FIRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What the differential test does not reach: many keys, drains, what is supported. */
class StreamingGroupProcessorTest {
  private static final IntervalWindow FIRST = window(0);
  private static final IntervalWindow SECOND = window(10);

  private static IntervalWindow window(long start) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(10));
  }

  private static Scenario grouping(int lateness) {
    return Scenario.of(node(lateness), () -> new StreamingGroupProcessor(GroupedValues::of));
  }

  private static NodeInGraph node(int lateness) {
    PCollection<KV<String, Integer>> input =
        Pipeline.create()
            .apply(Create.of(KV.of("a", 1)))
            .apply(
                Window.<KV<String, Integer>>into(FixedWindows.of(Duration.millis(10)))
                    .withTimestampCombiner(TimestampCombiner.EARLIEST)
                    .withAllowedLateness(Duration.millis(lateness))
                    .discardingFiredPanes());
    input.apply("Step", GroupByKey.create());
    return TestGraphs.node(input.getPipeline(), "Step");
  }

  @Test
  void aWindowKnowsItsKeysHoweverManyThereAre() throws Exception {
    int keys = 1_000;
    Scenario scenario = grouping(5);
    for (int i = 0; i < 2 * keys; i++) {
      scenario.element(KV.of("key " + i % keys, i), i % 10, FIRST);
    }
    scenario
        .check(host -> assertThat(host.outputs()).isEmpty())
        .watermark(10)
        .check(
            host ->
                assertThat(Panes.of(host))
                    .hasSize(keys)
                    .doesNotHaveDuplicates()
                    .contains("key 7[7, 1007]@7 until 10 ON_TIME"))
        .check(host -> assertThat(host.outputWatermark()).isEqualTo(10))
        .endOfTime()
        .check(host -> assertThat(host.outputs()).hasSize(keys))
        .expectNothingLeft()
        .run(Schedule.all().stream().filter(schedule -> schedule.bundleSize() > 2).toList());
  }

  /** The watermark goes on meanwhile, elements come, and the state is read again. */
  @Test
  void aWindowFiresInParts() throws Exception {
    int keys = 1_000;
    Schedule parts = new Schedule("parts", Integer.MAX_VALUE, true, 1, false, false, 0, 0, 1, 0);
    try (FakeHost host =
        new FakeHost(node(5), () -> new StreamingGroupProcessor(GroupedValues::of), parts)) {
      host.watermark(0);
      for (int i = 0; i < keys; i++) {
        host.elements(
            List.of(WindowedValues.of(KV.of("key " + i, i), FIRST.start(), FIRST, NO_FIRING)));
      }
      host.roundAt(10);
      int fired = host.outputs().size();
      assertThat(fired).isBetween(1, keys - 1);
      assertThat(Panes.of(host)).contains("key 0[0]@0 until 10 ON_TIME");
      for (int i : List.of(0, keys - 1)) {
        host.elements(
            List.of(WindowedValues.of(KV.of("key " + i, -1), FIRST.start(), FIRST, NO_FIRING)));
      }
      host.reread();
      host.roundAt(12);
      assertThat(Panes.of(host)).contains("key 0[-1]@9 until 10 LATE");
      int rounds = 0;
      while (!host.nothingLeft()) {
        assertThat(host.outputWatermark()).isLessThan(100);
        host.roundAt(Timestamps.MAX);
        assertThat(rounds++).isLessThan(keys);
      }
      assertThat(rounds).isGreaterThan(5);
      assertThat(Panes.of(host))
          .hasSize(keys + 1)
          .doesNotHaveDuplicates()
          .contains("key 999[-1, 999]@0 until 10 ON_TIME");
    }
  }

  @Test
  void lateElementsOfManyKeysDoNotPileUp() throws Exception {
    int keys = 2_500;
    Scenario scenario = grouping(50).watermark(10);
    for (int i = 0; i < keys; i++) {
      scenario.element(KV.of("key " + i, i), 1, FIRST);
    }
    scenario
        .then(host -> assertThat(host.outputs()).hasSize(2_000))
        .check(host -> assertThat(host.outputs()).hasSize(keys))
        .endOfTime()
        .expectNothingLeft()
        .run(Schedule.all().subList(0, 1));
  }

  @Test
  void whatADrainFiresIsMarked() throws Exception {
    grouping(0)
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

  @Test
  void onlyWindowsThatFireAtTheirEndAreTaken() {
    WindowingStrategy<?, ?> fixed = WindowingStrategy.of(FixedWindows.of(Duration.millis(10)));
    assertThat(StreamingGroupProcessor.supports(fixed)).isTrue();
    assertThat(
            StreamingGroupProcessor.supports(
                fixed.withTrigger(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))))
        .isFalse();
    WindowingStrategy<?, ?> sessions =
        WindowingStrategy.of(Sessions.withGapDuration(Duration.millis(10)));
    assertThat(StreamingGroupProcessor.supports(sessions)).isFalse();
    assertThat(SessionGroupProcessor.supports(sessions.withTrigger(DefaultTrigger.of()))).isTrue();
    assertThat(SessionGroupProcessor.supports(sessions.withAlreadyMerged(true))).isFalse();
    assertThat(
            SessionGroupProcessor.supports(sessions.withTrigger(AfterWatermark.pastEndOfWindow())))
        .isFalse();
  }
}
