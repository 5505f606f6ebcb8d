package dev.tidemark.translation.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.values.OutputBuilder;
import org.jspecify.annotations.Nullable;

/** Finds out which source a function emits, by calling it. */
final class EmittedSource {
  private EmittedSource() {}

  /**
   * The source, or null if the function does not emit exactly one.
   *
   * @param emit a ParDo of a function that needs nothing but an output receiver
   */
  static @Nullable Source<?> of(RunnerApi.PTransform emit) {
    DoFn<?, ?> function = JavaFunctions.of(emit);
    return function == null ? null : call(function);
  }

  private static <InputT, OutputT> @Nullable Source<?> call(DoFn<InputT, OutputT> function) {
    List<Object> emitted = new ArrayList<>();
    DoFnInvokers.invokerFor(function).invokeProcessElement(new Arguments<>(emitted));
    return emitted.size() == 1 && emitted.get(0) instanceof Source<?> source ? source : null;
  }

  private static final class Arguments<InputT, OutputT>
      extends DoFnInvoker.BaseArgumentProvider<InputT, OutputT> {
    private final List<Object> emitted;

    Arguments(List<Object> emitted) {
      this.emitted = emitted;
    }

    @Override
    public DoFn.OutputReceiver<OutputT> outputReceiver(DoFn<InputT, OutputT> function) {
      return new DoFn.OutputReceiver<>() {
        @Override
        public void output(OutputT value) {
          emitted.add(value);
        }

        @Override
        public OutputBuilder<OutputT> builder(OutputT value) {
          throw new UnsupportedOperationException("a source has neither timestamp nor window");
        }
      };
    }

    @Override
    public String getErrorContext() {
      return "reading back the source of a read";
    }
  }
}
