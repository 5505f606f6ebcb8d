package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@link Operation.PairWithRestriction}: element to {@code KV<element, KV<restriction,
 * watermark estimator state>>}.
 *
 * <p>Owned by the lane.
 */
public final class PairWithRestrictionProcessor implements NodeProcessor {
  private @Nullable RestrictionStep step;

  @Override
  public void open(NodeContext context) {
    Operation.PairWithRestriction operation =
        (Operation.PairWithRestriction) context.node().operation();
    step = new RestrictionStep(context, operation.payload());
  }

  @Override
  public void process(WindowedValue<?> element) throws Exception {
    RestrictionStep current = opened();
    current.gate().admit(element, single -> pair(current, single));
  }

  private static void pair(RestrictionStep step, WindowedValue<Object> element) {
    SplittableFunction function = step.function();
    Object restriction = function.initialRestriction(element, step.gate()::lookup);
    Object estimatorState =
        function.initialEstimatorState(
            new SplittableFunction.Part(element, restriction, null, step.gate()::lookup));
    step.emit(element, KV.of(element.getValue(), KV.of(restriction, estimatorState)));
  }

  @Override
  public void advanceWatermark(long watermarkMillis) throws Exception {
    resumePending();
  }

  @Override
  public boolean resumePending() throws Exception {
    RestrictionStep current = opened();
    current.gate().retry(single -> pair(current, single));
    return true;
  }

  @Override
  public long inputHold() {
    return step == null ? Timestamps.MAX : step.gate().hold();
  }

  @Override
  public void close() {
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
