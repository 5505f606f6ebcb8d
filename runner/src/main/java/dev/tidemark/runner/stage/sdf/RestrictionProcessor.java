package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.Timestamps;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Executes one of the first two parts of a splittable function, which make elements of elements and
 * may have to wait for side inputs.
 *
 * <p>Owned by the lane.
 */
abstract class RestrictionProcessor implements NodeProcessor {
  private @Nullable RestrictionStep step;

  /** The function and its declarations. */
  abstract RunnerApi.ParDoPayload payload(NodeContext context);

  /** Handles an element, in one window if the function looks at windows. */
  abstract void handle(RestrictionStep step, WindowedValue<Object> element) throws Exception;

  @Override
  public final void open(NodeContext context) {
    step = new RestrictionStep(context, payload(context));
  }

  @Override
  public final void process(WindowedValue<?> element) throws Exception {
    RestrictionStep current = opened();
    current.gate().admit(element, single -> current.handle(single, one -> handle(current, one)));
  }

  @Override
  public final void advanceWatermark(long watermarkMillis) throws Exception {
    resumePending();
  }

  @Override
  public final boolean resumePending() throws Exception {
    RestrictionStep current = opened();
    current.gate().retry(single -> current.handle(single, one -> handle(current, one)));
    return true;
  }

  @Override
  public final long inputHold() {
    return step == null ? Timestamps.MAX : step.gate().hold();
  }

  @Override
  public final void close() {
    if (step != null) {
      step.close();
    }
  }

  private RestrictionStep opened() {
    if (step == null) {
      throw new IllegalStateException("not open");
    }
    return step;
  }
}
