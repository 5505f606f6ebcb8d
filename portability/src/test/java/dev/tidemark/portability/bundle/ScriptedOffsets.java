package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Duration;

/** What scripts do that are harnesses of a splittable function: all offsets up to its element. */
final class ScriptedOffsets {
  private ScriptedOffsets() {}

  /** Never called: its harness is a script. */
  static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) {
      throw new AssertionError("called in the runner");
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element Long element) {
      throw new AssertionError("called in the runner");
    }
  }

  /** Gives every element its restriction. */
  static void pair(ScriptedJob job, ScriptedBundle bundle) throws Exception {
    for (WindowedValue<Object> element : job.elements(bundle)) {
      long end = (Long) element.getValue();
      job.emit(bundle, sized(element, end, new OffsetRange(0, end)));
    }
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  /** The runner knows neither the coder of the restriction nor that of the estimator's state. */
  private static WindowedValue<?> sized(
      WindowedValue<Object> element, Object value, OffsetRange range) {
    byte[] restriction =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(range.getFrom()).putLong(range.getTo()).array();
    return element.withValue(KV.of(KV.of(value, KV.of(restriction, new byte[0])), 1.0));
  }

  private static KV<?, ?> paired(WindowedValue<Object> element) {
    return (KV<?, ?>) ((KV<?, ?>) element.getValue()).getKey();
  }

  static OffsetRange range(WindowedValue<Object> element) {
    ByteBuffer restriction =
        ByteBuffer.wrap((byte[]) ((KV<?, ?>) paired(element).getValue()).getKey());
    return new OffsetRange(restriction.getLong(), restriction.getLong());
  }

  /** What is left of an element from an offset on. */
  static BeamFnApi.DelayedBundleApplication residual(
      ScriptedJob job, ScriptedBundle bundle, WindowedValue<Object> element, long from)
      throws IOException {
    WindowedValue<?> rest =
        sized(element, paired(element).getKey(), new OffsetRange(from, range(element).getTo()));
    return BeamFnApi.DelayedBundleApplication.newBuilder()
        .setRequestedTimeDelay(Duration.newBuilder().setNanos(1_000_000))
        .setApplication(
            BeamFnApi.BundleApplication.newBuilder()
                .setTransformId(job.plan(bundle).process())
                .setInputId("in")
                .setElement(ScriptedJob.encode(job.coding(bundle).input(), rest)))
        .build();
  }

  static void emit(
      ScriptedJob job, ScriptedBundle bundle, WindowedValue<Object> element, long from, long to)
      throws IOException {
    for (long offset = from; offset < to; offset++) {
      job.emit(bundle, element.withValue(offset));
    }
  }

  /** Whether a bundle is to give restrictions, rather than process them. */
  static boolean pairs(ScriptedJob job, ScriptedBundle bundle) {
    return ((Operation.Harness) job.node(bundle).operation()).root().operation()
        instanceof Operation.PairWithRestriction;
  }

  /** What stays of an element up to an offset. */
  static BeamFnApi.BundleApplication primary(
      ScriptedJob job, ScriptedBundle bundle, WindowedValue<Object> element, long to)
      throws IOException {
    WindowedValue<?> part =
        sized(element, paired(element).getKey(), new OffsetRange(range(element).getFrom(), to));
    return BeamFnApi.BundleApplication.newBuilder()
        .setTransformId(job.plan(bundle).process())
        .setInputId("in")
        .setElement(ScriptedJob.encode(job.coding(bundle).input(), part))
        .build();
  }
}
