package dev.tidemark.runner.stage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one operator, and what has to come out under every {@link Schedule}.
 *
 * <pre>{@code
 * Scenario.of(node, ParDoProcessor::new)
 *     .element("a", 1, GlobalWindow.INSTANCE)
 *     .endOfTime()
 *     .expect("output", "A")
 *     .run();
 * }</pre>
 */
public final class Scenario {

  /** A step of a scenario, or a check in its course. */
  @FunctionalInterface
  public interface Step {
    /** Does it to {@code host}. */
    void on(FakeHost host) throws Exception;
  }

  private final NodeInGraph node;
  private final Supplier<NodeProcessor> processors;
  private final List<Step> steps = new ArrayList<>();
  private final List<WindowedValue<?>> arriving = new ArrayList<>();

  private Scenario(NodeInGraph node, Supplier<NodeProcessor> processors) {
    this.node = node;
    this.processors = processors;
  }

  /** A scenario of {@code node}, run by what {@code processors} makes. */
  public static Scenario of(NodeInGraph node, Supplier<NodeProcessor> processors) {
    return new Scenario(node, processors);
  }

  /** An element arrives, together with those directly before it. */
  public Scenario element(@Nullable Object value, long timestamp, BoundedWindow... windows) {
    arriving.add(
        WindowedValues.of(
            value, Instant.ofEpochMilli(timestamp), List.of(windows), PaneInfo.NO_FIRING));
    return this;
  }

  /** The watermark advances. */
  public Scenario watermark(long millis) {
    return then(host -> host.watermark(millis));
  }

  /** The watermark advances to the end of time. */
  public Scenario endOfTime() {
    return watermark(Timestamps.MAX);
  }

  /** The clock advances. */
  public Scenario processingTime(long millis) {
    return then(host -> host.processingTime(millis));
  }

  /** The only side input becomes readable in a window. */
  public Scenario sideInput(BoundedWindow window, @Nullable Object value) {
    String tag = node.node().sideInputs().get(0).tag();
    return then(host -> host.sideInput(tag, window, value));
  }

  /** Checks something, when nothing is due. */
  public Scenario check(Step step) {
    return then(
        host -> {
          host.quiesce();
          step.on(host);
        });
  }

  /** Does something. */
  public Scenario then(Step step) {
    if (!arriving.isEmpty()) {
      List<WindowedValue<?>> elements = List.copyOf(arriving);
      arriving.clear();
      steps.add(host -> host.elements(elements));
    }
    steps.add(step);
    return this;
  }

  /** So far, exactly these values have come out of an output, in any order. */
  public Scenario expect(String tag, Object... values) {
    return check(host -> assertThat(host.values(tag)).containsExactlyInAnyOrder(values));
  }

  /** So far, exactly these values have come out of an output, in this order. */
  public Scenario expectInOrder(String tag, Object... values) {
    return check(host -> assertThat(host.values(tag)).containsExactly(values));
  }

  /** Nothing is left in cells and timers. */
  public Scenario expectNothingLeft() {
    return check(host -> assertThat(host.nothingLeft()).as("nothing left").isTrue());
  }

  /** Runs the scenario under every schedule. */
  public void run() throws Exception {
    run(Schedule.all());
  }

  /** Runs the scenario under these schedules. */
  public void run(List<Schedule> schedules) throws Exception {
    check(host -> {});
    for (Schedule schedule : schedules) {
      try (FakeHost host = new FakeHost(node, processors, schedule)) {
        for (Step step : steps) {
          step.on(host);
        }
      } catch (AssertionError e) {
        throw new AssertionError("under the schedule '" + schedule + "': " + e.getMessage(), e);
      }
    }
  }
}
