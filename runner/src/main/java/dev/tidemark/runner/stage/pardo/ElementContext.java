package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.beam.DrainAnswers;
import java.lang.invoke.MethodHandles;
import java.util.Collection;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The context of {@code @ProcessElement}: another way to ask for its arguments.
 *
 * <p>Owned by the lane.
 */
abstract class ElementContext extends DoFn<Object, Object>.ProcessContext
    implements DrainAnswers.Known {
  /** Made when the first function asks for a context; many never do. */
  private static final class Complete {
    static final Class<? extends ElementContext> TYPE =
        DrainAnswers.complete(ElementContext.class, MethodHandles.lookup());
  }

  private final ElementArguments arguments;

  /** Use {@link #of}. */
  ElementContext(DoFn<Object, Object> fn, ElementArguments arguments) {
    fn.super();
    this.arguments = arguments;
  }

  /** The context of the element that {@code arguments} have. */
  static ElementContext of(DoFn<Object, Object> fn, ElementArguments arguments) {
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
  public final Object element() {
    return arguments.value();
  }

  @Override
  public final <T> T sideInput(PCollectionView<T> view) {
    return arguments.sideInput(view);
  }

  @Override
  public final Instant timestamp() {
    return arguments.like().getTimestamp();
  }

  @Override
  public final PaneInfo pane() {
    return arguments.like().getPaneInfo();
  }

  @Override
  @SuppressWarnings("NullAway") // Beam's annotation is another one
  public final @Nullable String currentRecordId() {
    return arguments.like().getRecordId();
  }

  @Override
  @SuppressWarnings("NullAway") // Beam's annotation is another one
  public final @Nullable Long currentRecordOffset() {
    return arguments.like().getRecordOffset();
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
