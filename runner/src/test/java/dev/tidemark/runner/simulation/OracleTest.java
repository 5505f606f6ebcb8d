package dev.tidemark.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.simulation.Observation.Cell;
import dev.tidemark.runner.simulation.Observation.Row;
import dev.tidemark.runner.simulation.Windowing.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Cases small enough to be worked out by hand. */
class OracleTest {
  private static final Windowing.Shape HUNDRED = new Windowing.Fixed(100, 0);

  @Test
  void anElementIsDroppedExactlyIfItsWindowHasExpired() {
    PipelineSpec spec =
        spec(
            HUNDRED,
            50,
            elements(1, 10),
            new Timeline.Watermark(145),
            elements(2, 20),
            new Timeline.Watermark(155),
            elements(3, 30));

    assertThat(Oracle.evaluate(spec)).isEqualTo(Map.of(cell(0, 100), List.of(1, 2)));
  }

  @Test
  void anElementBelongsToEverySlidingWindowAroundIt() {
    PipelineSpec spec = spec(new Windowing.Sliding(100, 50), 0, elements(7, 60));

    assertThat(Oracle.evaluate(spec))
        .isEqualTo(Map.of(cell(0, 100), List.of(7), cell(50, 150), List.of(7)));
  }

  /** The pane that closes a window repeats what it has accumulated, and the second sum adds it. */
  @Test
  void whatIsAggregatedTwiceMustNotBeRepeatedOnClosing() {
    assertThat(accumulatingAndAggregatedTwice(false).accepted()).isTrue();
    assertThat(accumulatingAndAggregatedTwice(true).accepted()).isFalse();
  }

  private static PipelineSpec accumulatingAndAggregatedTwice(boolean alwaysFireOnClose) {
    Aggregation.Combine sum = new Aggregation.Combine(Aggregation.Combine.Function.SUM, 0);
    return new PipelineSpec(
        0,
        new Timeline(
            Timeline.Kind.TEST_STREAM, List.of(elements(1, 10), new Timeline.Watermark(105))),
        List.of(),
        new Windowing(
            HUNDRED,
            new TriggerSpec.Default(),
            true,
            400,
            Windowing.OutputTime.END_OF_WINDOW,
            alwaysFireOnClose),
        List.of(),
        sum,
        Optional.of(new PipelineSpec.Second(1, sum, 0)));
  }

  @Test
  void sessionsMergeUntilTheyExpire() {
    PipelineSpec spec =
        spec(
            new Windowing.Sessions(50),
            0,
            elements(1, 0),
            elements(2, 80),
            elements(3, 40),
            new Timeline.Watermark(135),
            elements(4, 120));

    assertThat(Oracle.evaluate(spec))
        .isEqualTo(Map.of(cell(0, 130), List.of(1, 2, 3), cell(120, 170), List.of(4)));
  }

  @Test
  void stepsAreAppliedInOrder() {
    List<KeyedValue> results =
        Step.applyAll(
            List.of(new Step.Add(1), new Step.Explode(3, Step.Splitting.NONE), new Step.Twice()),
            List.of(new KeyedValue(0, 4)),
            Windowing.Span.GLOBAL);

    assertThat(results)
        .containsExactlyInAnyOrder(
            new KeyedValue(0, 5),
            new KeyedValue(0, 5),
            new KeyedValue(0, 1005),
            new KeyedValue(0, 1005));
  }

  @Test
  void anObservationThatLacksDoublesOrMisplacesAnElementIsRefused() {
    Timeline.Elements together =
        new Timeline.Elements(
            List.of(elements(1, 10).elements().get(0), elements(2, 20).elements().get(0)));
    PipelineSpec spec = spec(HUNDRED, 0, together);
    Row early = row(cell(0, 100), 0, Timing.EARLY, 1);
    Row onTime = row(cell(0, 100), 1, Timing.ON_TIME, 2);

    assertThat(disagreement(spec, early, onTime)).isNull();
    assertThat(disagreement(spec, early)).contains("should be [1, 2] but is [1]");
    assertThat(disagreement(spec, early, onTime, row(cell(0, 100), 2, Timing.LATE, 2)))
        .contains("but is [1, 2, 2]");
    assertThat(disagreement(spec, early, row(cell(100, 200), 0, Timing.ON_TIME, 2)))
        .contains("should not be");
    assertThat(disagreement(spec, early, row(cell(0, 100), 2, Timing.ON_TIME, 2)))
        .contains("Impossible panes");
  }

  @Test
  void theSameSeedGivesTheSamePipelineAndDifferentOnesDiffer() {
    assertThat(RandomPipeline.of(17)).isEqualTo(RandomPipeline.of(17));
    List<PipelineSpec> specs = new ArrayList<>();
    for (long seed = 0; seed < 500; seed++) {
      specs.add(RandomPipeline.of(seed));
    }
    assertThat(specs).doesNotHaveDuplicates();
    assertThat(specs).allMatch(PipelineSpec::accepted);
    assertThat(specs).anyMatch(spec -> spec.timeline().hasLateElements());
    assertThat(specs).anyMatch(PipelineSpec::exactPanes);
    assertThat(specs).anyMatch(PipelineSpec::rewindowed);
    for (Timeline.Kind kind : Timeline.Kind.values()) {
      assertThat(specs).anyMatch(spec -> spec.timeline().kind() == kind);
    }
    assertThat(specs).anyMatch(spec -> spec.second().isPresent());
    assertThat(specs).anyMatch(spec -> spec.windowing().sessions());
    for (Class<?> aggregation : Aggregation.class.getPermittedSubclasses()) {
      assertThat(specs).anyMatch(spec -> aggregation.isInstance(spec.aggregation()));
    }
  }

  private static @Nullable String disagreement(PipelineSpec spec, Row... rows) {
    return new Observation(List.of(rows)).disagreement(spec);
  }

  private static PipelineSpec spec(
      Windowing.Shape shape, long latenessMillis, Timeline.Event... events) {
    return new PipelineSpec(
        0,
        new Timeline(Timeline.Kind.TEST_STREAM, List.of(events)),
        List.of(),
        new Windowing(
            shape,
            new TriggerSpec.Forever(new TriggerSpec.Count(1)),
            false,
            latenessMillis,
            Windowing.OutputTime.END_OF_WINDOW,
            false),
        List.of(),
        new Aggregation.Group(),
        Optional.empty());
  }

  private static Timeline.Elements elements(int value, long timeMillis) {
    return new Timeline.Elements(
        List.of(new Timeline.Element(new KeyedValue(0, value), timeMillis)));
  }

  private static Cell cell(long startMillis, long endMillis) {
    return new Cell(0, new Span(startMillis, endMillis));
  }

  private static Row row(Cell cell, int index, Timing timing, int value) {
    return Row.of(
        cell, PaneInfo.createPane(index == 0, false, timing, index, index), List.of(value));
  }
}
