package dev.tidemark.runner.stage.beam;

import java.util.Arrays;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.Context;
import org.apache.beam.sdk.util.SerializableUtils;

/** The combine function of a payload, for values or for accumulators. */
final class CombineFunctions {
  private CombineFunctions() {}

  /**
   * The function of {@code payload}.
   *
   * @param lifted whether the result takes accumulators instead of values
   */
  @SuppressWarnings("unchecked") // the types are those of the node's collections
  static GlobalCombineFn<Object, Object, Object> of(
      RunnerApi.CombinePayload payload, boolean lifted) {
    Object fn =
        SerializableUtils.deserializeFromByteArray(
            payload.getCombineFn().getPayload().toByteArray(), "combine function");
    if (!lifted) {
      return (GlobalCombineFn<Object, Object, Object>) fn;
    }
    return fn instanceof CombineFnWithContext<?, ?, ?> withContext
        ? new MergeWithContext((CombineFnWithContext<Object, Object, Object>) withContext)
        : new Merge((CombineFn<Object, Object, Object>) fn);
  }

  /** Takes accumulators. */
  private static final class Merge extends CombineFn<Object, Object, Object> {
    private final CombineFn<Object, Object, Object> fn;

    Merge(CombineFn<Object, Object, Object> fn) {
      this.fn = fn;
    }

    @Override
    public Object createAccumulator() {
      return fn.createAccumulator();
    }

    @Override
    public Object addInput(Object accumulator, Object input) {
      return fn.mergeAccumulators(Arrays.asList(accumulator, input));
    }

    @Override
    public Object mergeAccumulators(Iterable<Object> accumulators) {
      return fn.mergeAccumulators(accumulators);
    }

    @Override
    public Object compact(Object accumulator) {
      return fn.compact(accumulator);
    }

    @Override
    public Object extractOutput(Object accumulator) {
      return fn.extractOutput(accumulator);
    }
  }

  /** Takes accumulators, of a function that may ask for options. */
  private static final class MergeWithContext extends CombineFnWithContext<Object, Object, Object> {
    private final CombineFnWithContext<Object, Object, Object> fn;

    MergeWithContext(CombineFnWithContext<Object, Object, Object> fn) {
      this.fn = fn;
    }

    @Override
    public Object createAccumulator(Context context) {
      return fn.createAccumulator(context);
    }

    @Override
    public Object addInput(Object accumulator, Object input, Context context) {
      return fn.mergeAccumulators(Arrays.asList(accumulator, input), context);
    }

    @Override
    public Object mergeAccumulators(Iterable<Object> accumulators, Context context) {
      return fn.mergeAccumulators(accumulators, context);
    }

    @Override
    public Object compact(Object accumulator, Context context) {
      return fn.compact(accumulator, context);
    }

    @Override
    public Object extractOutput(Object accumulator, Context context) {
      return fn.extractOutput(accumulator, context);
    }
  }
}
