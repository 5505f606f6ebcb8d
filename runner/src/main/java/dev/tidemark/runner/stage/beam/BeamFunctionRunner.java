package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.DoFnRunners;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls a user's function through Beam's function runners: what nothing of our own is made for, and
 * the oracle for what is.
 *
 * <p>Owned by the lane.
 */
public final class BeamFunctionRunner implements FunctionRunner {
  private final DoFnRunner<Object, Object> runner;
  private final KeyedStepContext step;
  private final WindowNamespaces namespaces;
  private final NodeContext context;
  private final boolean keyed;

  private BeamFunctionRunner(
      DoFnRunner<Object, Object> runner,
      KeyedStepContext step,
      WindowNamespaces namespaces,
      NodeContext context,
      boolean keyed) {
    this.context = context;
    this.keyed = keyed;
    this.runner = runner;
    this.step = step;
    this.namespaces = namespaces;
  }

  /** For a function without state and timers. */
  public static BeamFunctionRunner stateless(
      NodeContext context, UserFunction function, WindowedValueMultiReceiver outputs) {
    KeyedStepContext step = new KeyedStepContext(context, context::inputWatermark);
    return new BeamFunctionRunner(
        simpleRunner(context, function, outputs, step), step, namespaces(function), context, false);
  }

  /**
   * For a function with state or timers. Drops what is too late, sorts by time if the function asks
   * for it and nobody else has, and at a window's expiry calls the function and forgets the
   * window's state and timers.
   *
   * @param inputWatermark what the function sees as input watermark, in milliseconds
   */
  public static BeamFunctionRunner stateful(
      NodeContext context,
      UserFunction function,
      WindowedValueMultiReceiver outputs,
      LongSupplier inputWatermark) {
    WindowNamespaces namespaces = namespaces(function);
    KeyedStepContext step = new KeyedStepContext(context, inputWatermark);
    WindowExpiry expiry =
        new WindowExpiry(context, function, namespaces, step, step.familyTimers());
    StatefulDoFnRunner<Object, Object, ?> runner =
        new StatefulDoFnRunner<>(
            simpleRunner(context, function, outputs, step),
            function.inputCoder(),
            step,
            MergedWindows.of(function.windowing()),
            expiry,
            expiry,
            wantsSorting(function) && !context.sortedByTime());
    expiry.setSystemTags(runner.getSystemStateTags());
    return new BeamFunctionRunner(runner, step, namespaces, context, true);
  }

  /**
   * Whether Beam's runner does something for a stateful function that is not done without it:
   * sorting, or refusing windows that merge.
   */
  public static boolean isNeeded(NodeContext context, UserFunction function) {
    return (wantsSorting(function) && !context.sortedByTime())
        || !MergedWindows.areFinal(function.windowing());
  }

  private static boolean wantsSorting(UserFunction function) {
    return DoFnSignatures.signatureForDoFn(function.fn())
        .processElement()
        .requiresTimeSortedInput();
  }

  private static DoFnRunner<Object, Object> simpleRunner(
      NodeContext context,
      UserFunction function,
      WindowedValueMultiReceiver outputs,
      KeyedStepContext step) {
    return DoFnRunners.simpleRunner(
        context.options(),
        function.fn(),
        new SideInputViews(function.views(), context.sideInputs()),
        outputs,
        function.mainOutput(),
        function.additionalOutputs(),
        step,
        function.inputCoder(),
        function.outputCoders(),
        function.windowing(),
        function.schema(),
        function.sideInputMapping());
  }

  private static WindowNamespaces namespaces(UserFunction function) {
    return new WindowNamespaces(function.windowing().getWindowFn().windowCoder());
  }

  @Override
  public void startBundle() {
    runner.startBundle();
  }

  @Override
  @SuppressWarnings("unchecked") // the element is of the input's type
  public void process(@Nullable Object value, WindowedValue<?> like) {
    if (keyed) {
      step.bind(context.currentKey());
    }
    runner.processElement((WindowedValue<Object>) OutputPort.element(value, like));
  }

  @Override
  public void onTimer(TimerRecord timer) {
    boolean causedByDrain = context.causedByDrain(timer);
    step.bind(timer.key());
    step.drainedTimers().fires(causedByDrain ? timer : null);
    step.onDelete(timer.namespace(), timer.family(), timer.id(), timer.domain());
    BeamCompat.onTimer(
        runner,
        timer.id(),
        timer.family(),
        timer.key().decoded(),
        namespaces.window(timer.namespace()),
        CellTimerInternals.beamTimestamp(timer),
        Instant.ofEpochMilli(timer.outputTimestampMillis()),
        timer.domain(),
        causedByDrain);
    step.drainedTimers().fires(null);
  }

  @Override
  public void finishBundle() {
    step.unbind();
    runner.finishBundle();
  }
}
