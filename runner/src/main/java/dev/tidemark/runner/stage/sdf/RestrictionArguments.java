package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.beam.SideInputLookup;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the methods of a splittable function other than {@code @ProcessElement} may ask for.
 *
 * <p>Owned by the thread that runs the function.
 */
@SuppressWarnings("NullAway") // Beam's interface knows no null, but elements and states may be null
final class RestrictionArguments extends BaseArgumentProvider<Object, Object> {
  private final SplittableFunction function;
  private final WindowedValue<Object> element;
  private final @Nullable Object restriction;
  private final @Nullable Object estimatorState;
  private final SideInputLookup sideInputs;
  private final Supplier<RestrictionTracker<Object, Object>> tracker;
  private final Consumer<Object> restrictions;

  RestrictionArguments(
      SplittableFunction function,
      WindowedValue<Object> element,
      @Nullable Object restriction,
      @Nullable Object estimatorState,
      SideInputLookup sideInputs,
      Supplier<RestrictionTracker<Object, Object>> tracker,
      Consumer<Object> restrictions) {
    this.function = function;
    this.element = element;
    this.restriction = restriction;
    this.estimatorState = estimatorState;
    this.sideInputs = sideInputs;
    this.tracker = tracker;
    this.restrictions = restrictions;
  }

  @Override
  public String getErrorContext() {
    return function.name();
  }

  @Override
  public Object element(DoFn<Object, Object> doFn) {
    return element.getValue();
  }

  @Override
  public Instant timestamp(DoFn<Object, Object> doFn) {
    return element.getTimestamp();
  }

  @Override
  public BoundedWindow window() {
    return SplittableFunction.onlyWindow(element);
  }

  @Override
  public PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return element.getPaneInfo();
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return function.options();
  }

  @Override
  public Object restriction() {
    return restriction;
  }

  @Override
  public Object watermarkEstimatorState() {
    return estimatorState;
  }

  @Override
  public RestrictionTracker<?, ?> restrictionTracker() {
    return tracker.get();
  }

  @Override
  public @Nullable Object sideInput(String tagId) {
    PCollectionView<?> view = function.sideInput(tagId);
    return sideInputs.get(view, view.getWindowMappingFn().getSideInputWindow(window()));
  }

  /** Takes the parts of a restriction that is split. */
  @Override
  public DoFn.OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return new DoFn.OutputReceiver<>() {
      @Override
      public OutputBuilder<Object> builder(Object value) {
        return WindowedValues.builder(WindowedValues.valueInGlobalWindow(value))
            .setReceiver(part -> restrictions.accept(part.getValue()));
      }
    };
  }
}
