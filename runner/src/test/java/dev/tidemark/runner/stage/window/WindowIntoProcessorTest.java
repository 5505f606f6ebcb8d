package dev.tidemark.runner.stage.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.testing.Scenario;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import dev.tidemark.runner.stage.testing.TestGraphs.NodeInGraph;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IncompatibleWindowException;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Assigning windows. */
class WindowIntoProcessorTest {

  private static IntervalWindow window(long start, long end) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }

  private static NodeInGraph node(WindowFn<Object, ?> windowFn) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of("a")).apply("Step", Window.into(windowFn));
    return TestGraphs.node(pipeline, "Step/Window.Assign");
  }

  @Test
  void timestampAndPaneStayAndWindowsAreNew() throws Exception {
    Scenario.of(
            node(SlidingWindows.of(Duration.millis(10)).every(Duration.millis(5))),
            WindowIntoProcessor::new)
        .element("a", 7, GlobalWindow.INSTANCE)
        .check(
            host -> {
              assertThat(host.outputs()).hasSize(1);
              assertThat(host.outputs().get(0).getTimestamp().getMillis()).isEqualTo(7);
              assertThat(host.outputs().get(0).getWindows().toString())
                  .isEqualTo(List.of(window(5, 15), window(0, 10)).toString());
            })
        .run();
  }

  @Test
  void anElementInSeveralWindowsIsAssignedOncePerWindow() throws Exception {
    Scenario.of(node(FixedWindows.of(Duration.millis(100))), WindowIntoProcessor::new)
        .element("a", 7, window(0, 10), window(5, 15))
        .check(
            host -> {
              assertThat(host.outputs()).hasSize(2);
              assertThat(host.outputs())
                  .allSatisfy(
                      output ->
                          assertThat(output.getWindows().iterator().next())
                              .isEqualTo(window(0, 100)));
            })
        .run();
  }

  /** Cannot tell windows. */
  static final class Broken extends NonMergingWindowFn<Object, IntervalWindow> {
    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext context) {
      throw new IllegalStateException("no window for " + context.element());
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return false;
    }

    @Override
    public void verifyCompatibility(WindowFn<?, ?> other) throws IncompatibleWindowException {}

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
  void aWindowFunctionThatThrowsNamesTheTransform() {
    assertThatThrownBy(
            () ->
                Scenario.of(node(new Broken()), WindowIntoProcessor::new)
                    .element("a", 7, GlobalWindow.INSTANCE)
                    .run(List.of(Schedule.PLAIN)))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("Step/Window.Assign")
        .hasRootCauseMessage("no window for a");
  }
}
