package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Executes {@link Operation.PairWithRestriction}: element to {@code KV<element, KV<restriction,
 * watermark estimator state>>}.
 *
 * <p>Owned by the lane.
 */
public final class PairWithRestrictionProcessor extends RestrictionProcessor {
  @Override
  RunnerApi.ParDoPayload payload(NodeContext context) {
    return ((Operation.PairWithRestriction) context.node().operation()).payload();
  }

  @Override
  void handle(RestrictionStep step, WindowedValue<Object> element) {
    SplittableFunction function = step.function();
    Object restriction = function.initialRestriction(element, step.gate()::lookup);
    Object estimatorState =
        function.initialEstimatorState(
            new SplittableFunction.Part(element, restriction, null, step.gate()::lookup));
    step.emit(element, KV.of(element.getValue(), KV.of(restriction, estimatorState)));
  }
}
