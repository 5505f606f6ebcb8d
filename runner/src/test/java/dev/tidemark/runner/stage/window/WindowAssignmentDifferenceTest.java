package dev.tidemark.runner.stage.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Assigned windows, against the window function asked for each element and window. */
class WindowAssignmentDifferenceTest {

  /** All of an element. */
  record Seen(
      Object value, Instant timestamp, List<? extends BoundedWindow> windows, PaneInfo pane) {}

  @Property(tries = 300)
  void theSameWindows(
      @ForAll("windowFns") WindowFn<Object, ?> windowFn,
      @ForAll("elements") List<WindowedValue<Integer>> elements,
      @ForAll("schedules") Schedule schedule)
      throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(1)).apply("Step", Window.into(windowFn));
    List<Seen> assigned = new ArrayList<>();
    try (FakeHost host =
        new FakeHost(
            TestGraphs.node(pipeline, "Step/Window.Assign"), WindowIntoProcessor::new, schedule)) {
      host.elements(elements);
      host.quiesce();
      for (WindowedValue<?> output : host.outputs()) {
        assigned.add(
            new Seen(
                output.getValue(),
                output.getTimestamp(),
                List.copyOf(output.getWindows()),
                output.getPaneInfo()));
      }
    }
    assertThat(assigned).isEqualTo(asked(windowFn, elements));
  }

  private static <W extends BoundedWindow> List<Seen> asked(
      WindowFn<Object, W> windowFn, List<WindowedValue<Integer>> elements) throws Exception {
    List<Seen> seen = new ArrayList<>();
    for (WindowedValue<Integer> element : elements) {
      for (BoundedWindow before : element.getWindows()) {
        Collection<W> windows =
            windowFn.assignWindows(
                windowFn.new AssignContext() {
                  @Override
                  public Object element() {
                    return element.getValue();
                  }

                  @Override
                  public Instant timestamp() {
                    return element.getTimestamp();
                  }

                  @Override
                  public BoundedWindow window() {
                    return before;
                  }
                });
        // An element in no window is none.
        if (!windows.isEmpty()) {
          seen.add(
              new Seen(
                  element.getValue(),
                  element.getTimestamp(),
                  List.copyOf(windows),
                  element.getPaneInfo()));
        }
      }
    }
    return seen;
  }

  /** Windows that depend on all that a window function may ask for; sometimes none. */
  static final class Asking extends NonMergingWindowFn<Object, IntervalWindow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext context) {
      List<IntervalWindow> windows = new ArrayList<>();
      for (int i = 0; i < (Integer) context.element() % 4; i++) {
        windows.add(
            new IntervalWindow(
                context.timestamp().minus(Duration.millis(i)),
                context.window().maxTimestamp().plus(Duration.millis(2_000))));
      }
      return windows;
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof Asking;
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

  @Provide
  Arbitrary<Schedule> schedules() {
    return Arbitraries.of(Schedule.all());
  }

  @Provide
  Arbitrary<WindowFn<Object, ?>> windowFns() {
    return Arbitraries.of(
        new GlobalWindows(),
        FixedWindows.of(Duration.millis(10)).withOffset(Duration.millis(3)),
        SlidingWindows.of(Duration.millis(20)).every(Duration.millis(7)),
        // Has gaps.
        SlidingWindows.of(Duration.millis(3)).every(Duration.millis(10)),
        Sessions.withGapDuration(Duration.millis(5)),
        CalendarWindows.days(2),
        new Asking());
  }

  @Provide
  Arbitrary<List<WindowedValue<Integer>>> elements() {
    Arbitrary<IntervalWindow> windows =
        Arbitraries.longs()
            .between(-50, 50)
            .map(start -> new IntervalWindow(Instant.ofEpochMilli(start), Duration.millis(20)));
    Arbitrary<PaneInfo> panes =
        Arbitraries.of(
            PaneInfo.NO_FIRING,
            PaneInfo.ON_TIME_AND_ONLY_FIRING,
            PaneInfo.createPane(false, true, PaneInfo.Timing.LATE, 3, 2));
    return Combinators.combine(
            Arbitraries.integers().between(0, 20),
            Arbitraries.longs().between(-100, 100),
            windows.list().ofMinSize(1).ofMaxSize(3),
            panes)
        .as(
            (value, timestamp, in, pane) ->
                WindowedValues.of(value, Instant.ofEpochMilli(timestamp), in, pane))
        .list()
        .ofMaxSize(20);
  }
}
