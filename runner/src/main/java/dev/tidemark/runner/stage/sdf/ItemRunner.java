package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.CheckpointPolicy;
import dev.tidemark.runner.stage.beam.SideInputLookup;
import dev.tidemark.runner.stage.beam.SplittableInvoker.Residual;
import dev.tidemark.runner.stage.beam.SplittableInvoker.Surroundings;
import dev.tidemark.runner.stage.failing.ElementGuard;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs work items through one instance of a splittable function.
 *
 * <p>Owned by the thread that owns the function.
 *
 * @param function the function
 * @param limits when to cut a call short
 * @param outputCoders the coders of the function's outputs
 * @param guard says which items are left out; null if none is
 */
record ItemRunner(
    SplittableFunction function,
    CheckpointPolicy.Limits limits,
    Map<TupleTag<?>, Coder<?>> outputCoders,
    @Nullable ElementGuard guard) {

  /**
   * What is left of an item.
   *
   * @param item the rest
   * @param delay how long to wait before going on
   */
  record Rest(WorkItem item, Duration delay) {
    /** The same, to go on with when the delay is over that begins at {@code nowMillis}. */
    Rest from(long nowMillis) {
      long millis = delay.getMillis();
      return new Rest(
          item.resumingAt(
              millis > Timestamps.MAX - nowMillis ? Timestamps.MAX : nowMillis + millis),
          delay);
    }
  }

  /**
   * Processes an item until it is done or a checkpoint is taken.
   *
   * @param truncate whether to truncate its restriction first
   * @param trackers gives the tracker to claim with in place of the function's own
   * @return the rest, or null if there is none
   */
  @Nullable Rest run(
      WorkItem item,
      boolean truncate,
      UnaryOperator<RestrictionTracker<Object, Object>> trackers,
      SideInputLookup sideInputs,
      WindowedValueMultiReceiver outputs,
      DoFn.BundleFinalizer finalizer) {
    SplittableFunction.Part part = item.part(sideInputs);
    if (guard == null) {
      return run(item, part, truncate, trackers, sideInputs, outputs, finalizer);
    }
    if (guard.leavesOut(part.element(), part.restriction(), finalizer)) {
      return null;
    }
    try {
      return run(item, part, truncate, trackers, sideInputs, outputs, finalizer);
    } catch (RuntimeException | Error e) {
      throw guard.blame(part.element(), part.restriction(), e);
    }
  }

  private @Nullable Rest run(
      WorkItem item,
      SplittableFunction.Part whole,
      boolean truncate,
      UnaryOperator<RestrictionTracker<Object, Object>> trackers,
      SideInputLookup sideInputs,
      WindowedValueMultiReceiver outputs,
      DoFn.BundleFinalizer finalizer) {
    SplittableFunction.Part part = whole;
    if (truncate) {
      Object truncated = function.truncate(part);
      if (truncated == null) {
        return null;
      }
      part = part.with(truncated);
    }
    SplittableFunction.Part processed = part;
    Residual residual =
        function.process(
            processed,
            trackers,
            new Surroundings(
                outputs,
                sideInputs,
                finalizer,
                limits,
                beam ->
                    new ProcessArguments(
                        beam,
                        function.name(),
                        processed.element(),
                        function.schemas(),
                        function.mainOutput(),
                        outputCoders)));
    return residual == null
        ? null
        : new Rest(item.rest(residual, truncate || item.truncated()), residual.resumeDelay());
  }
}
