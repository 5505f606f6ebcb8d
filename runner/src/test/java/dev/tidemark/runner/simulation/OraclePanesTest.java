package dev.tidemark.runner.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.simulation.Observation.Cell;
import dev.tidemark.runner.simulation.OraclePanes.Pane;
import dev.tidemark.runner.simulation.Windowing.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.junit.jupiter.api.Test;

/** Panes worked out by hand, which the oracle and Tidemark have to agree with. */
class OraclePanesTest {
  private static final TriggerSpec TWO = new TriggerSpec.Count(2);

  @Test
  void earlyOnTimeAndLatePanes() {
    PipelineSpec spec =
        spec(
            new TriggerSpec.EndOfWindow(Optional.of(TWO), Optional.of(new TriggerSpec.Count(1))),
            element(1),
            element(2),
            element(3),
            new Timeline.Watermark(105),
            element(4));

    assertPanes(
        spec,
        new Pane(0, false, Timing.EARLY, List.of(1, 2)),
        new Pane(1, false, Timing.ON_TIME, List.of(3)),
        new Pane(2, false, Timing.LATE, List.of(4)));
  }

  /** The parts of an early trigger begin anew after each pane. */
  @Test
  void earlyTriggersOfPartsAreRepeated() {
    TriggerSpec five = new TriggerSpec.Count(5);
    PipelineSpec spec =
        spec(
            new TriggerSpec.EndOfWindow(
                Optional.of(new TriggerSpec.First(List.of(TWO, five))),
                Optional.of(new TriggerSpec.Count(1))),
            element(1),
            element(2),
            element(3),
            element(4),
            element(5));

    assertPanes(
        spec,
        new Pane(0, false, Timing.EARLY, List.of(1, 2)),
        new Pane(1, false, Timing.EARLY, List.of(3, 4)),
        new Pane(2, true, Timing.ON_TIME, List.of(5)));
  }

  /** The same after the end of the window. */
  @Test
  void lateTriggersOfPartsAreRepeated() {
    TriggerSpec three = new TriggerSpec.Count(3);
    PipelineSpec spec =
        spec(
            new TriggerSpec.EndOfWindow(
                Optional.empty(), Optional.of(new TriggerSpec.All(List.of(TWO, three)))),
            element(1),
            new Timeline.Watermark(105),
            element(2),
            element(3),
            element(4),
            element(5));

    assertPanes(
        spec,
        new Pane(0, false, Timing.ON_TIME, List.of(1)),
        new Pane(1, false, Timing.LATE, List.of(2, 3, 4)),
        new Pane(2, true, Timing.LATE, List.of(5)));
  }

  private static void assertPanes(PipelineSpec spec, Pane... panes) {
    Cell cell = new Cell(0, new Span(0, 100));
    assertThat(OraclePanes.evaluate(spec)).isEqualTo(Map.of(cell, List.of(panes)));
    assertThat(spec.exactPanes()).isTrue();
    assertThat(Runs.of(spec, "TidemarkRunner", 1).failure()).isNull();
  }

  private static PipelineSpec spec(TriggerSpec trigger, Timeline.Event... events) {
    return new PipelineSpec(
        0,
        new Timeline(Timeline.Kind.TEST_STREAM, new ArrayList<>(List.of(events))),
        List.of(),
        new Windowing(
            new Windowing.Fixed(100, 0),
            trigger,
            false,
            1000,
            Windowing.OutputTime.END_OF_WINDOW,
            false),
        List.of(),
        new Aggregation.Group(),
        Optional.empty());
  }

  private static Timeline.Elements element(int value) {
    return new Timeline.Elements(List.of(new Timeline.Element(new KeyedValue(0, value), 50)));
  }
}
