package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.NodeContext;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * What {@code @StartBundle} and {@code @FinishBundle} may ask for.
 *
 * <p>Owned by the lane.
 */
final class BundleArguments extends BaseArgumentProvider<Object, Object> {
  private final NodeContext node;
  private final FunctionOutputs outputs;

  BundleArguments(NodeContext node, FunctionOutputs outputs) {
    this.node = node;
    this.outputs = outputs;
  }

  @Override
  public String getErrorContext() {
    return "@StartBundle or @FinishBundle";
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return node.options();
  }

  @Override
  public DoFn.BundleFinalizer bundleFinalizer() {
    return node::afterCommit;
  }

  @Override
  public DoFn<Object, Object>.StartBundleContext startBundleContext(DoFn<Object, Object> doFn) {
    return doFn.new StartBundleContext() {
      @Override
      public PipelineOptions getPipelineOptions() {
        return node.options();
      }
    };
  }

  @Override
  public DoFn<Object, Object>.FinishBundleContext finishBundleContext(DoFn<Object, Object> doFn) {
    return doFn.new FinishBundleContext() {
      @Override
      public PipelineOptions getPipelineOptions() {
        return node.options();
      }

      @Override
      public void output(Object value, Instant timestamp, BoundedWindow window) {
        outputs.main().emit(element(value, timestamp, window));
      }

      @Override
      public <T> void output(TupleTag<T> tag, T value, Instant timestamp, BoundedWindow window) {
        outputs.of(tag).emit(element(value, timestamp, window));
      }
    };
  }

  private static WindowedValue<?> element(Object value, Instant timestamp, BoundedWindow window) {
    return WindowedValues.of(value, timestamp, window, PaneInfo.NO_FIRING);
  }
}
