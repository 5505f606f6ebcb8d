package dev.tidemark.runner.stage.pardo;

import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;
import org.apache.beam.sdk.values.Row;

/**
 * What every call of a function that has a timestamp and a window may ask for. One object of each
 * kind serves all calls of a lane: good for one call at a time.
 *
 * <p>Owned by the lane.
 */
abstract class CallArguments extends BaseArgumentProvider<Object, Object> {
  private final String call;
  private final PipelineOptions options;
  private final FunctionOutputs outputs;

  /**
   * Arguments of one function.
   *
   * @param call names the call in errors
   */
  CallArguments(String call, PipelineOptions options, FunctionOutputs outputs) {
    this.call = call;
    this.options = options;
    this.outputs = outputs;
  }

  final FunctionOutputs outputs() {
    return outputs;
  }

  @Override
  public final String getErrorContext() {
    return call;
  }

  @Override
  public final PipelineOptions pipelineOptions() {
    return options;
  }

  @Override
  public final DoFn.OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return outputs.main();
  }

  @Override
  public final DoFn.OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> doFn) {
    return outputs.rows();
  }

  @Override
  public final DoFn.MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> doFn) {
    return outputs;
  }
}
