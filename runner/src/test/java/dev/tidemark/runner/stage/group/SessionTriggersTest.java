package dev.tidemark.runner.stage.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.TestGraphs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Triggers in windows that merge, also after they have fired. */
class SessionTriggersTest {
  private static final Trigger EACH = Repeatedly.forever(AfterPane.elementCountAtLeast(1));

  private static IntervalWindow window(long start, long end) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }

  private static Window<KV<String, Integer>> sessions(Trigger trigger) {
    return Window.<KV<String, Integer>>into(Sessions.withGapDuration(Duration.millis(10)))
        .triggering(trigger)
        .withAllowedLateness(Duration.millis(20));
  }

  private static Scenario grouping(Window<KV<String, Integer>> window) {
    PCollection<KV<String, Integer>> input =
        Pipeline.create().apply(Create.of(KV.of("a", 1))).apply(window);
    input.apply("Step", GroupByKey.create());
    return Scenario.of(TestGraphs.node(input.getPipeline(), "Step"), ReduceFnGroupProcessor::new);
  }

  /** An element that is alone in its session, and what is emitted by then. */
  private static Scenario session(Scenario scenario, int value, long time, String... panes) {
    return scenario
        .element(KV.of("a", value), time, window(time, time + 10))
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes));
  }

  @Test
  void panesOfWindowsThatMergeAfterTheyFiredAccumulate() throws Exception {
    String[] panes = {
      "a[1]@9 until 10 EARLY", "a[2]@24 until 25 EARLY", "a[1, 2, 3]@24 until 25 EARLY"
    };
    Scenario scenario = grouping(sessions(EACH).accumulatingFiredPanes());
    scenario = session(scenario, 1, 0, panes[0]);
    scenario = session(scenario, 2, 15, panes[0], panes[1]);
    session(scenario, 3, 8, panes).endOfTime().expectNothingLeft().run();
  }

  @Test
  void panesOfWindowsThatMergeAfterTheyFiredAreDiscarded() throws Exception {
    String[] panes = {"a[1]@9 until 10 EARLY", "a[2]@24 until 25 EARLY", "a[3]@24 until 25 EARLY"};
    Scenario scenario = grouping(sessions(EACH).discardingFiredPanes());
    scenario = session(scenario, 1, 0, panes[0]);
    scenario = session(scenario, 2, 15, panes[0], panes[1]);
    session(scenario, 3, 8, panes).endOfTime().expectNothingLeft().run();
  }

  private static Trigger earlyAndLate() {
    return AfterWatermark.pastEndOfWindow()
        .withEarlyFirings(AfterPane.elementCountAtLeast(1))
        .withLateFirings(AfterPane.elementCountAtLeast(1));
  }

  /** A session that was over goes on when a later element merges with it. */
  @Test
  void earlyOnTimeLateAndEarlyAgain() throws Exception {
    String[] panes = {
      "a[1]@9 until 10 EARLY",
      "a[1, 2]@17 until 18 EARLY",
      "a[1, 2]@17 until 18 ON_TIME",
      "a[1, 2, 3]@17 until 18 LATE",
      "a[1, 2, 3, 4]@25 until 26 EARLY",
      "a[1, 2, 3, 4]@25 until 26 ON_TIME",
    };
    Scenario scenario = grouping(sessions(earlyAndLate()).accumulatingFiredPanes());
    scenario = session(scenario, 1, 0, panes[0]);
    scenario = session(scenario, 2, 8, panes[0], panes[1]).watermark(18);
    scenario = session(scenario, 3, 5, panes[0], panes[1], panes[2], panes[3]);
    session(scenario, 4, 16, panes[0], panes[1], panes[2], panes[3], panes[4])
        .watermark(26)
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes))
        .endOfTime()
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes))
        .expectNothingLeft()
        .run();
  }

  /** Counts of windows that merge add up. */
  @Test
  void countsAddUpWhenWindowsMerge() throws Exception {
    Scenario scenario =
        grouping(
            sessions(Repeatedly.forever(AfterPane.elementCountAtLeast(3))).discardingFiredPanes());
    scenario = session(scenario, 1, 0);
    scenario = session(scenario, 2, 15);
    scenario = session(scenario, 3, 8, "a[1, 2, 3]@24 until 25 EARLY");
    session(scenario, 4, 20, "a[1, 2, 3]@24 until 25 EARLY")
        .endOfTime()
        .check(
            host ->
                assertThat(Panes.of(host))
                    .containsExactly(
                        "a[1, 2, 3]@24 until 25 EARLY", "a[4]@29 until 30 ON_TIME last"))
        .expectNothingLeft()
        .run();
  }

  /**
   * First three elements or a minute, then each one. The element that joins two sessions brings a
   * window whose minute has only begun, so the first part is not over in the merged one.
   */
  @Test
  void compositeTriggersMerge() throws Exception {
    Trigger first =
        AfterFirst.of(
            AfterPane.elementCountAtLeast(3),
            AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.standardMinutes(1)));
    Scenario scenario = grouping(sessions(AfterEach.inOrder(first, EACH)).discardingFiredPanes());
    scenario = session(scenario, 1, 0);
    scenario = session(scenario, 2, 15).processingTime(60_001);
    String[] panes = {"a[1]@9 until 10 EARLY", "a[2]@24 until 25 EARLY", "a[3]@24 until 25 EARLY"};
    session(scenario, 3, 8, panes[0], panes[1])
        .processingTime(60_001)
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes))
        .endOfTime()
        .expectNothingLeft()
        .run();
  }

  /** Five milliseconds, merged with all that begin in the same ten. */
  private static final class Tens extends WindowFn<Object, IntervalWindow> {
    private static final long serialVersionUID = 1;

    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext context) {
      long time = context.timestamp().getMillis();
      return List.of(window(time, time + 5));
    }

    @Override
    public void mergeWindows(MergeContext context) throws Exception {
      TreeMap<Long, List<IntervalWindow>> byTen = new TreeMap<>();
      for (IntervalWindow window : context.windows()) {
        byTen
            .computeIfAbsent(window.start().getMillis() / 10 * 10, any -> new ArrayList<>())
            .add(window);
      }
      for (var ten : byTen.entrySet()) {
        IntervalWindow whole = window(ten.getKey(), ten.getKey() + 15);
        if (ten.getValue().size() > 1) {
          context.merge(ten.getValue(), whole);
        }
      }
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof Tens;
    }

    @Override
    public Coder<IntervalWindow> windowCoder() {
      return IntervalWindow.getCoder();
    }

    @Override
    public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void lateElementsMergeIntoWindowsOfAUsersFunction() throws Exception {
    String[] panes = {
      "a[1, 2]@14 until 15 ON_TIME", "a[1, 2, 3]@14 until 15 LATE",
    };
    Window<KV<String, Integer>> tens =
        Window.<KV<String, Integer>>into(new Tens())
            .triggering(
                AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1)))
            .withAllowedLateness(Duration.millis(20))
            .accumulatingFiredPanes();
    grouping(tens)
        .element(KV.of("a", 1), 1, window(1, 6))
        .element(KV.of("a", 2), 7, window(7, 12))
        .watermark(15)
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes[0]))
        .element(KV.of("a", 3), 3, window(3, 8))
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes))
        .watermark(36)
        .element(KV.of("a", 4), 4, window(4, 9))
        .endOfTime()
        .check(host -> assertThat(Panes.of(host)).containsExactly(panes))
        .expectNothingLeft()
        .run();
  }
}
