package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Executes {@link Operation.SplitAndSizeRestrictions}: {@code KV<element, KV<restriction, watermark
 * estimator state>>} to any number of {@code KV<KV<element, KV<part, state>>, size>}.
 *
 * <p>Owned by the lane.
 */
public final class SplitAndSizeRestrictionsProcessor extends RestrictionProcessor {
  @Override
  RunnerApi.ParDoPayload payload(NodeContext context) {
    return ((Operation.SplitAndSizeRestrictions) context.node().operation()).payload();
  }

  @Override
  @SuppressWarnings("unchecked") // the shape that PairWithRestriction gives
  void handle(RestrictionStep step, WindowedValue<Object> paired) {
    KV<Object, KV<Object, Object>> pair = (KV<Object, KV<Object, Object>>) paired.getValue();
    SplittableFunction.Part whole =
        new SplittableFunction.Part(
            paired.withValue(pair.getKey()),
            pair.getValue().getKey(),
            pair.getValue().getValue(),
            step.gate()::lookup);
    step.function()
        .split(
            whole,
            restriction -> {
              double size = step.function().size(whole.with(restriction));
              step.emit(
                  paired,
                  KV.of(KV.of(pair.getKey(), KV.of(restriction, whole.estimatorState())), size));
            });
  }
}
