package dev.tidemark.runner.stage.beam;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.beam.runners.core.OutputAndTimeBoundedSplittableProcessElementInvoker;
import org.apache.beam.runners.core.SideInputReader;
import org.apache.beam.runners.core.SplittableProcessElementInvoker;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.ArgumentProvider;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls {@code @ProcessElement} of a splittable function through Beam's own class for it, which
 * takes the checkpoints.
 *
 * <p>Owned by the thread that runs the function.
 *
 * @param invoker the function
 * @param options the job's options
 * @param mainOutput the tag of the function's main output
 * @param sideInputs the views that the function asks for by name
 */
public record SplittableInvoker(
    DoFnInvoker<Object, Object> invoker,
    PipelineOptions options,
    TupleTag<Object> mainOutput,
    Map<String, PCollectionView<?>> sideInputs) {

  /**
   * What is left after a call.
   *
   * @param restriction what was not processed
   * @param estimatorState the state of the watermark estimator, which may be null
   * @param watermark no output for the rest will have an earlier timestamp
   * @param resumeDelay how long to wait before going on
   */
  public record Residual(
      Object restriction,
      @Nullable Object estimatorState,
      Instant watermark,
      Duration resumeDelay) {}

  /**
   * What surrounds a call.
   *
   * @param outputs takes what the function emits, on the calling thread
   * @param lookup reads side inputs
   * @param finalizer takes the callbacks of the function
   * @param limits when to cut the call short
   * @param arguments adds to the arguments that Beam's class provides
   */
  public record Surroundings(
      WindowedValueMultiReceiver outputs,
      SideInputLookup lookup,
      DoFn.BundleFinalizer finalizer,
      CheckpointPolicy.Limits limits,
      UnaryOperator<ArgumentProvider<Object, Object>> arguments) {}

  /**
   * Processes one element and restriction.
   *
   * @return what is left of it, or null if it is done
   * @throws RuntimeException what the function threw, in Beam's wrapper, or its violation of the
   *     protocol of claims
   */
  public @Nullable Residual process(
      WindowedValue<Object> element,
      RestrictionTracker<Object, Object> tracker,
      WatermarkEstimator<Object> estimator,
      Surroundings surroundings) {
    OutputAndTimeBoundedSplittableProcessElementInvoker<Object, Object, Object, Object, Object>
        beam =
            new OutputAndTimeBoundedSplittableProcessElementInvoker<>(
                invoker.getFn(),
                options,
                surroundings.outputs(),
                mainOutput,
                new Lookup(surroundings.lookup(), sideInputs.isEmpty()),
                surroundings.limits().timer(),
                surroundings.limits().maxOutputs(),
                surroundings.limits().maxDuration(),
                surroundings::finalizer);
    SplittableProcessElementInvoker<Object, Object, Object, Object, Object>.Result result =
        beam.invokeProcessElement(
            new InterceptedInvoker(invoker, surroundings.arguments()),
            element,
            tracker,
            estimator,
            sideInputs);
    Object restriction = result.getResidualRestriction();
    if (restriction == null) {
      return null;
    }
    Instant watermark = result.getFutureOutputWatermark();
    return new Residual(
        restriction,
        result.getFutureWatermarkEstimatorState(),
        watermark == null ? element.getTimestamp() : watermark,
        result.getContinuation().resumeDelay());
  }

  /** A {@link SideInputLookup} for Beam's classes. */
  private record Lookup(SideInputLookup lookup, boolean none) implements SideInputReader {
    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // Beam's interface knows no null, its users do
    public <T> T get(PCollectionView<T> view, BoundedWindow window) {
      return (T) lookup.get(view, window);
    }

    @Override
    public <T> boolean contains(PCollectionView<T> view) {
      return true;
    }

    @Override
    public boolean isEmpty() {
      return none;
    }
  }
}
