package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.beam.DrainAnswers;
import java.lang.invoke.MethodHandles;
import java.util.Collection;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/**
 * The context of {@code @OnTimer}: another way to ask for its arguments.
 *
 * <p>Owned by the lane.
 */
abstract class TimerContext extends DoFn<Object, Object>.OnTimerContext
    implements DrainAnswers.Known {
  /** Made when the first function asks for a context; many never do. */
  private static final class Complete {
    static final Class<? extends TimerContext> TYPE =
        DrainAnswers.complete(TimerContext.class, MethodHandles.lookup());
  }

  private final TimerArguments arguments;

  /** Use {@link #of}. */
  TimerContext(DoFn<Object, Object> fn, TimerArguments arguments) {
    fn.super();
    this.arguments = arguments;
  }

  /** The context of the timer that {@code arguments} have. */
  static TimerContext of(DoFn<Object, Object> fn, TimerArguments arguments) {
    return DrainAnswers.instance(Complete.TYPE, fn, arguments);
  }

  @Override
  public final boolean isCausedByDrain() {
    return arguments.isCausedByDrain();
  }

  @Override
  public final PipelineOptions getPipelineOptions() {
    return arguments.pipelineOptions();
  }

  @Override
  public final Instant timestamp() {
    return arguments.timestamp();
  }

  @Override
  public final Instant fireTimestamp() {
    return arguments.fireTimestamp();
  }

  @Override
  public final BoundedWindow window() {
    return arguments.window();
  }

  @Override
  public final TimeDomain timeDomain() {
    return arguments.timeDomain();
  }

  @Override
  public final void output(Object value) {
    arguments.outputs().main().output(value);
  }

  @Override
  public final void outputWithTimestamp(Object value, Instant timestamp) {
    arguments.outputs().main().outputWithTimestamp(value, timestamp);
  }

  @Override
  public final void outputWindowedValue(
      Object value, Instant timestamp, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    arguments.outputs().main().outputWindowedValue(value, timestamp, windows, pane);
  }

  @Override
  public final <T> void output(TupleTag<T> tag, T value) {
    arguments.outputs().of(tag).output(value);
  }

  @Override
  public final <T> void outputWithTimestamp(TupleTag<T> tag, T value, Instant timestamp) {
    arguments.outputs().of(tag).outputWithTimestamp(value, timestamp);
  }

  @Override
  public final <T> void outputWindowedValue(
      TupleTag<T> tag,
      T value,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    arguments.outputs().of(tag).outputWindowedValue(value, timestamp, windows, pane);
  }

  /** From Beam 2.73 on, a method of Beam's. */
  @SuppressWarnings("MissingOverride")
  public final void outputWindowedValue(WindowedValue<Object> element) {
    arguments.outputs().main().output(element);
  }

  /** From Beam 2.73 on, a method of Beam's. */
  @SuppressWarnings({"MissingOverride", "unchecked"}) // the tag says what the output takes
  public final <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> element) {
    arguments.outputs().of(tag).output((WindowedValue<Object>) element);
  }
}
