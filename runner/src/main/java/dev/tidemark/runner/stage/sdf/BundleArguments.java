package dev.tidemark.runner.stage.sdf;

import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;

/**
 * What {@code @StartBundle} and {@code @FinishBundle} of a splittable function may ask for; Beam
 * allows them no output.
 *
 * <p>Owned by the thread that runs the function.
 */
final class BundleArguments extends BaseArgumentProvider<Object, Object> {
  private final SplittableFunction function;
  private final DoFn.BundleFinalizer finalizer;

  BundleArguments(SplittableFunction function, DoFn.BundleFinalizer finalizer) {
    this.function = function;
    this.finalizer = finalizer;
  }

  @Override
  public String getErrorContext() {
    return function.name();
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return function.options();
  }

  @Override
  public DoFn.BundleFinalizer bundleFinalizer() {
    return finalizer;
  }

  @Override
  public DoFn<Object, Object>.StartBundleContext startBundleContext(DoFn<Object, Object> doFn) {
    return doFn.new StartBundleContext() {
      @Override
      public PipelineOptions getPipelineOptions() {
        return function.options();
      }
    };
  }

  @Override
  public DoFn<Object, Object>.FinishBundleContext finishBundleContext(DoFn<Object, Object> doFn) {
    return doFn.new FinishBundleContext() {
      @Override
      public PipelineOptions getPipelineOptions() {
        return function.options();
      }

      @Override
      public void output(Object output, Instant timestamp, BoundedWindow window) {
        throw noOutput();
      }

      @Override
      public <T> void output(TupleTag<T> tag, T output, Instant timestamp, BoundedWindow window) {
        throw noOutput();
      }
    };
  }

  private UnsupportedOperationException noOutput() {
    return new UnsupportedOperationException(
        function.name()
            + ": a splittable function may emit in @ProcessElement only, not in @FinishBundle");
  }
}
