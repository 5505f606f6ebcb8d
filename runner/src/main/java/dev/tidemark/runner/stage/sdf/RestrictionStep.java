package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.failing.ElementGuard;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

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
  private final NodeContext context;
  private final @Nullable ElementGuard guard;

  RestrictionStep(NodeContext context, RunnerApi.ParDoPayload payload) {
    this.context = context;
    this.guard = ElementGuard.of(context);
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

  /** Hands an element to {@code handler}, unless it is to be left out. */
  void handle(WindowedValue<Object> element, SideInputGate.Passed handler) throws Exception {
    if (guard == null) {
      handler.accept(element);
    } else if (!guard.leavesOut(element, null, context::afterCommit)) {
      try {
        handler.accept(element);
      } catch (Exception | Error e) {
        throw guard.blame(element, null, e);
      }
    }
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
