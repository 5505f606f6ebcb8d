package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * What the first two parts of a splittable function have in common: the function, one output, and
 * elements that wait for side inputs.
 *
 * <p>Owned by the lane.
 */
final class RestrictionStep implements AutoCloseable {
  private final SplittableFunction function;
  private final SideInputGate gate;
  private final OutputPort output;

  RestrictionStep(NodeContext context, RunnerApi.ParDoPayload payload) {
    this.output = context.output(context.node().outputs().values().iterator().next());
    this.gate =
        new SideInputGate(context, SplittableFunction.observesWindow(context.node(), payload));
    this.function = SplittableFunction.open(context.node(), payload, context.options());
  }

  SplittableFunction function() {
    return function;
  }

  SideInputGate gate() {
    return gate;
  }

  /** Emits {@code value} with the windows, timestamp and pane of {@code element}. */
  void emit(WindowedValue<Object> element, Object value) {
    output.accept(element.withValue(value));
  }

  @Override
  public void close() {
    function.close();
  }
}
