package dev.tidemark.translation.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.values.OutputBuilder;
import org.jspecify.annotations.Nullable;

/** Finds out what a function emits for the element of an impulse, by calling it. */
final class EmittedValue {
  private EmittedValue() {}

  /**
   * The value, or null if the function does not emit exactly one.
   *
   * @param emit a ParDo of a function that needs nothing but its element and an output receiver
   */
  static @Nullable Object of(RunnerApi.PTransform emit) {
    DoFn<?, ?> function = JavaFunctions.of(emit);
    return function == null ? null : call(function);
  }

  private static <InputT, OutputT> @Nullable Object call(DoFn<InputT, OutputT> function) {
    List<Object> emitted = new ArrayList<>();
    DoFnInvokers.invokerFor(function).invokeProcessElement(new Arguments<>(emitted));
    return emitted.size() == 1 ? emitted.get(0) : null;
  }

  private static final class Arguments<InputT, OutputT>
      extends DoFnInvoker.BaseArgumentProvider<InputT, OutputT> {
    private final List<Object> emitted;

    Arguments(List<Object> emitted) {
      this.emitted = emitted;
    }

    @Override
    @SuppressWarnings("unchecked") // an impulse's
    public InputT element(DoFn<InputT, OutputT> function) {
      return (InputT) new byte[0];
    }

    @Override
    @SuppressWarnings("NullAway") // declared by functions that only hand it on
    public DoFn<InputT, OutputT>.ProcessContext processContext(DoFn<InputT, OutputT> function) {
      return null;
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
          throw new UnsupportedOperationException("a value has neither timestamp nor window here");
        }
      };
    }

    @Override
    public String getErrorContext() {
      return "reading back what a pipeline is to read";
    }
  }
}
