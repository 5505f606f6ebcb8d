package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Outputs;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.beam.FunctionRunner;
import dev.tidemark.runner.stage.beam.UserFunction;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Calls a function without state and timers, through the invoker that Beam generates for its class.
 *
 * <p>Owned by the lane.
 */
final class StatelessFunction implements FunctionRunner {
  private final DoFnInvoker<Object, Object> invoker;
  private final boolean observesWindows;
  private final FunctionOutputs outputs;
  private final ElementArguments elementArguments;
  private final BundleArguments bundleArguments;

  /** The function of {@code context}'s node. */
  StatelessFunction(NodeContext context, UserFunction function, Outputs ports) {
    this.outputs = new FunctionOutputs(function, ports);
    this.invoker = DoFnInvokers.invokerFor(function.fn());
    this.observesWindows =
        !function.views().isEmpty()
            || DoFnSignatures.signatureForDoFn(function.fn()).processElement().observesWindow();
    this.elementArguments = ElementArguments.of(context, function, outputs, null);
    this.bundleArguments = new BundleArguments(context, outputs);
  }

  @Override
  public void startBundle() {
    outputs.startBundle();
    invoker.invokeStartBundle(bundleArguments);
  }

  @Override
  public void process(@Nullable Object value, WindowedValue<?> like) {
    if (!observesWindows || like instanceof SingleWindowedValue) {
      call(value, like);
      return;
    }
    for (WindowedValue<?> inOneWindow :
        ElementMetadata.explodeWindows(OutputPort.element(value, like))) {
      call(value, inOneWindow);
    }
  }

  private void call(@Nullable Object value, WindowedValue<?> like) {
    outputs.comeOf(value, like);
    try {
      invoker.invokeProcessElement(elementArguments);
    } catch (Exception e) {
      throw UserCodeException.wrap(e);
    }
  }

  @Override
  public void onTimer(TimerRecord timer) {
    throw new IllegalStateException("a timer fired for a function that has none: " + timer);
  }

  @Override
  public void finishBundle() {
    invoker.invokeFinishBundle(bundleArguments);
    outputs.comeOfNothing();
  }
}
