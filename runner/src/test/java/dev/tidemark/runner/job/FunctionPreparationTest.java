package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Test;

class FunctionPreparationTest {
  /** Of its own class, so that no other test has had its invoker made. */
  private static final class SeenByNobodyFn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> output) {
      output.output(element);
    }
  }

  @Test
  void makesTheInvokersOfAllFunctions() throws Exception {
    String invoker = SeenByNobodyFn.class.getName() + "$DoFnInvoker";
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(1, 2, 3)).apply("Copy", ParDo.of(new SeenByNobodyFn()));
    assertThatThrownBy(() -> Class.forName(invoker)).isInstanceOf(ClassNotFoundException.class);

    Thread thread = FunctionPreparation.start(pipeline);
    thread.join();

    assertThat(thread.isDaemon()).isTrue();
    assertThat(Class.forName(invoker).getClassLoader())
        .isSameAs(SeenByNobodyFn.class.getClassLoader());
  }
}
