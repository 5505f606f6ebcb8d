package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@link Operation.SplitAndSizeRestrictions}: {@code KV<element, KV<restriction, watermark
 * estimator state>>} to any number of {@code KV<KV<element, KV<part, state>>, size>}.
 *
 * <p>Owned by the lane.
 */
public final class SplitAndSizeRestrictionsProcessor implements NodeProcessor {
  private @Nullable RestrictionStep step;

  @Override
  public void open(NodeContext context) {
    Operation.SplitAndSizeRestrictions operation =
        (Operation.SplitAndSizeRestrictions) context.node().operation();
    step = new RestrictionStep(context, operation.payload());
  }

  @Override
  public void process(WindowedValue<?> element) throws Exception {
    RestrictionStep current = opened();
    current.gate().admit(element, single -> split(current, single));
  }

  @SuppressWarnings("unchecked") // the shape that PairWithRestriction gives
  private static void split(RestrictionStep step, WindowedValue<Object> paired) {
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

  @Override
  public void advanceWatermark(long watermarkMillis) throws Exception {
    resumePending();
  }

  @Override
  public boolean resumePending() throws Exception {
    RestrictionStep current = opened();
    current.gate().retry(single -> split(current, single));
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
