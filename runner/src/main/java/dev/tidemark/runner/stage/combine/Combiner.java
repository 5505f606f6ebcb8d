package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.NodeContext;
import java.util.Arrays;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.Context;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * A user's combine function. An accumulator that is handed in may be changed and must not be used
 * again, but for what is returned.
 *
 * <p>Owned by the lane.
 */
public abstract class Combiner {
  /** How a Java combine function is named in a payload; Beam keeps the constant to itself. */
  private static final String JAVA_COMBINE_FN_URN = "beam:combinefn:javasdk:v1";

  private Combiner() {}

  /**
   * The combine function of a payload.
   *
   * @param payload what the graph has for the node of {@code context}
   * @throws IllegalArgumentException if it is not a Java function or cannot be deserialized
   */
  @SuppressWarnings("unchecked") // the graph says that elements are of the function's types
  public static Combiner of(RunnerApi.CombinePayload payload, NodeContext context) {
    String name = context.node().fullName();
    RunnerApi.FunctionSpec spec = payload.getCombineFn();
    if (!spec.getUrn().equals(JAVA_COMBINE_FN_URN)) {
      throw new IllegalArgumentException(
          name + ": the combine function " + spec.getUrn() + " is not a Java one");
    }
    Object function =
        SerializableUtils.deserializeFromByteArray(
            spec.getPayload().toByteArray(), "the combine function of " + name);
    if (function instanceof CombineFnWithContext<?, ?, ?> withContext) {
      return new WithContext(
          (CombineFnWithContext<Object, Object, Object>) withContext,
          new NoSideInputs(name, context.options()));
    }
    return new Plain((CombineFn<Object, Object, Object>) function);
  }

  /** A new accumulator. */
  public abstract @Nullable Object create();

  /** The accumulator with an input added. */
  public abstract @Nullable Object add(@Nullable Object accumulator, @Nullable Object input);

  /** What two accumulators amount to together. */
  public abstract @Nullable Object merge(@Nullable Object first, @Nullable Object second);

  /** The same accumulator in a form that is good to send. */
  public abstract @Nullable Object compact(@Nullable Object accumulator);

  /** The result. */
  public abstract @Nullable Object extract(@Nullable Object accumulator);

  @SuppressWarnings("NullAway") // whether null is a value is the user's function's matter
  private static final class Plain extends Combiner {
    private final CombineFn<Object, Object, Object> function;

    Plain(CombineFn<Object, Object, Object> function) {
      this.function = function;
    }

    @Override
    public @Nullable Object create() {
      return function.createAccumulator();
    }

    @Override
    public @Nullable Object add(@Nullable Object accumulator, @Nullable Object input) {
      return function.addInput(accumulator, input);
    }

    @Override
    public @Nullable Object merge(@Nullable Object first, @Nullable Object second) {
      return function.mergeAccumulators(Arrays.asList(first, second));
    }

    @Override
    public @Nullable Object compact(@Nullable Object accumulator) {
      return function.compact(accumulator);
    }

    @Override
    public @Nullable Object extract(@Nullable Object accumulator) {
      return function.extractOutput(accumulator);
    }
  }

  @SuppressWarnings("NullAway") // whether null is a value is the user's function's matter
  private static final class WithContext extends Combiner {
    private final CombineFnWithContext<Object, Object, Object> function;
    private final Context context;

    WithContext(CombineFnWithContext<Object, Object, Object> function, Context context) {
      this.function = function;
      this.context = context;
    }

    @Override
    public @Nullable Object create() {
      return function.createAccumulator(context);
    }

    @Override
    public @Nullable Object add(@Nullable Object accumulator, @Nullable Object input) {
      return function.addInput(accumulator, input, context);
    }

    @Override
    public @Nullable Object merge(@Nullable Object first, @Nullable Object second) {
      return function.mergeAccumulators(Arrays.asList(first, second), context);
    }

    @Override
    public @Nullable Object compact(@Nullable Object accumulator) {
      return function.compact(accumulator, context);
    }

    @Override
    public @Nullable Object extract(@Nullable Object accumulator) {
      return function.extractOutput(accumulator, context);
    }
  }

  /** The context of a combine with no side inputs; Beam makes a ParDo of one that has any. */
  private static final class NoSideInputs extends Context {
    private final String transform;
    private final PipelineOptions options;

    NoSideInputs(String transform, PipelineOptions options) {
      this.transform = transform;
      this.options = options;
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return options;
    }

    @Override
    public <T> T sideInput(PCollectionView<T> view) {
      throw new IllegalArgumentException(
          transform
              + ": the combine function asks for a side input that was not declared; use"
              + " withSideInputs");
    }
  }
}
