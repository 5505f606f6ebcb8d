package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.SideInputLookup;
import dev.tidemark.runner.stage.beam.SplittableInvoker.Residual;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * An element and the part of its restriction that is still to be processed.
 *
 * <p>Immutable.
 *
 * @param input in the shape of the node's input, {@code KV<KV<element, KV<restriction, watermark
 *     estimator state>>, size>}
 * @param watermarkMillis no output for it will have an earlier timestamp
 * @param resumeMillis when to go on, in processing time
 * @param truncated whether the restriction was truncated because the job is drained
 */
public record WorkItem(
    WindowedValue<Object> input, long watermarkMillis, long resumeMillis, boolean truncated) {
  /** As {@link #resumeMillis()}: as soon as possible. */
  public static final long AT_ONCE = Timestamps.MIN;

  /** A new item. */
  public static WorkItem of(WindowedValue<Object> input) {
    return new WorkItem(input, input.getTimestamp().getMillis(), AT_ONCE, false);
  }

  /** What the function is called with. */
  SplittableFunction.Part part(SideInputLookup sideInputs) {
    KV<?, ?> elementAndRestriction = (KV<?, ?>) kv(input.getValue()).getKey();
    KV<?, ?> restriction = kv(elementAndRestriction.getValue());
    return new SplittableFunction.Part(
        input.withValue(elementAndRestriction.getKey()),
        restriction.getKey(),
        restriction.getValue(),
        sideInputs);
  }

  private static KV<?, ?> kv(@Nullable Object value) {
    if (value instanceof KV<?, ?> kv) {
      return kv;
    }
    throw new IllegalArgumentException("not in the shape of an element and restriction: " + value);
  }

  /** The rest of it. */
  WorkItem rest(Residual residual, boolean nowTruncated) {
    return new WorkItem(
        inputWith(residual.restriction(), residual.estimatorState()),
        residual.watermark().getMillis(),
        AT_ONCE,
        nowTruncated);
  }

  /** A part of it; the watermark estimator starts where it started for the whole. */
  WorkItem partOf(Object restriction) {
    Object estimatorState = kv(kv(kv(input.getValue()).getKey()).getValue()).getValue();
    return new WorkItem(
        inputWith(restriction, estimatorState), watermarkMillis, AT_ONCE, truncated);
  }

  private WindowedValue<Object> inputWith(Object restriction, @Nullable Object estimatorState) {
    KV<?, ?> sized = kv(input.getValue());
    Object element = kv(sized.getKey()).getKey();
    return input.withValue(
        KV.of(KV.of(element, KV.of(restriction, estimatorState)), sized.getValue()));
  }

  WorkItem markedTruncated() {
    return new WorkItem(input, watermarkMillis, resumeMillis, true);
  }

  WorkItem resumingAt(long millis) {
    return new WorkItem(input, watermarkMillis, millis, truncated);
  }

  /**
   * Where it holds the output watermark: never the end of time, as long as there is something to
   * do.
   */
  public long hold() {
    return Math.min(watermarkMillis, Timestamps.MAX - 1);
  }
}
