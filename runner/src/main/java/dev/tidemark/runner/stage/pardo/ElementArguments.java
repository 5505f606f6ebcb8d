package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.beam.DrainAnswers;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.beam.UserFunction;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code @ProcessElement} may ask for.
 *
 * <p>Owned by the lane.
 */
class ElementArguments extends CallArguments implements DrainAnswers.Known {
  private static final Class<? extends ElementArguments> COMPLETE =
      DrainAnswers.complete(ElementArguments.class, MethodHandles.lookup());

  private final NodeContext node;
  private final List<SerializableFunction<?, ?>> converters;
  private final FunctionSideInputs sideInputs;
  private final @Nullable KeyedArguments keyed;
  private @Nullable ElementContext context;

  /** Use {@link #of}. */
  ElementArguments(
      NodeContext node,
      UserFunction function,
      FunctionOutputs outputs,
      @Nullable KeyedArguments keyed) {
    super("@ProcessElement", node.options(), outputs);
    this.node = node;
    this.converters = List.copyOf(function.schema().getElementConverters());
    this.sideInputs = new FunctionSideInputs(function, node.sideInputs());
    this.keyed = keyed;
  }

  /**
   * The arguments of a function.
   *
   * @param keyed its state and timers; null if it has none
   */
  static ElementArguments of(
      NodeContext node,
      UserFunction function,
      FunctionOutputs outputs,
      @Nullable KeyedArguments keyed) {
    return COMPLETE == ElementArguments.class
        ? new ElementArguments(node, function, outputs, keyed)
        : DrainAnswers.instance(COMPLETE, node, function, outputs, keyed);
  }

  /** The element but for its value. */
  final WindowedValue<?> like() {
    return outputs().origin();
  }

  @SuppressWarnings("NullAway") // elements may be null, though Beam's interface does not say so
  final Object value() {
    return outputs().value();
  }

  @SuppressWarnings("NullAway") // a view may show null, though Beam's interface does not say so
  final <T> T sideInput(PCollectionView<T> view) {
    return sideInputs.get(view, window());
  }

  @Override
  public final boolean isCausedByDrain() {
    return ElementMetadata.of(like()).causedByDrain();
  }

  @Override
  public final Object element(DoFn<Object, Object> doFn) {
    return value();
  }

  @Override
  public final Instant timestamp(DoFn<Object, Object> doFn) {
    return like().getTimestamp();
  }

  @Override
  public final BoundedWindow window() {
    WindowedValue<?> element = like();
    if (element instanceof SingleWindowedValue single) {
      return single.getWindow();
    }
    if (element.getWindows().size() != 1) {
      throw new IllegalStateException("an element in several windows has no window of its own");
    }
    return element.getWindows().iterator().next();
  }

  @Override
  public final PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return like().getPaneInfo();
  }

  @Override
  public final DoFn<Object, Object>.ProcessContext processContext(DoFn<Object, Object> doFn) {
    if (context == null) {
      context = ElementContext.of(doFn, this);
    }
    return context;
  }

  @Override
  @SuppressWarnings("NullAway") // a view may show null, though Beam's interface does not say so
  public final Object sideInput(String name) {
    return sideInputs.get(name, window());
  }

  @Override
  @SuppressWarnings("unchecked") // the converter was made for the element's type
  public final Object schemaElement(int index) {
    return ((SerializableFunction<Object, Object>) converters.get(index)).apply(value());
  }

  @Override
  public final DoFn.BundleFinalizer bundleFinalizer() {
    return node::afterCommit;
  }

  @Override
  public final State state(String stateId, boolean alwaysFetched) {
    return keyed == null
        ? super.state(stateId, alwaysFetched)
        : keyed.state(stateId, alwaysFetched);
  }

  @Override
  public final Timer timer(String timerId) {
    return keyed == null ? super.timer(timerId) : keyed.timer(timerId, like().getTimestamp());
  }

  @Override
  public final TimerMap timerFamily(String familyId) {
    return keyed == null
        ? super.timerFamily(familyId)
        : keyed.timerFamily(familyId, like().getTimestamp());
  }
}
