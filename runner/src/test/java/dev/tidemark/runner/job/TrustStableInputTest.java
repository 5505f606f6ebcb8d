package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TrustStableInputTest {

  /** Knows no runner. */
  private static final class Picky extends PTransform<PCollection<Integer>, PCollection<Integer>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<Integer> expand(PCollection<Integer> input) {
      return input.apply("Next", MapElements.into(TypeDescriptors.integers()).via(n -> n + 1));
    }

    @Override
    public void validate(
        @Nullable PipelineOptions options,
        Map<TupleTag<?>, PCollection<?>> inputs,
        Map<TupleTag<?>, PCollection<?>> outputs) {
      throw new UnsupportedOperationException("no runner known to be compatible");
    }
  }

  private static Pipeline pipeline(
      Class<? extends PipelineRunner<?>> runner,
      PTransform<PCollection<Integer>, PCollection<Integer>> transform) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(runner);
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of(1, 2)).apply("Write", transform))
        .containsInAnyOrder(2, 3);
    return pipeline;
  }

  @Test
  void itsTransformRunsThoughItRefusesTheRunner() {
    assertThatThrownBy(() -> pipeline(TestTidemarkRunner.class, new Picky()).run())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(
            pipeline(TestTidemarkRunner.class, TrustStableInput.with(new Picky()))
                .run()
                .waitUntilFinish())
        .isEqualTo(PipelineResult.State.DONE);
  }

  @Test
  void anotherRunnerIsRefusedAsEver() {
    assertThatThrownBy(
            () -> pipeline(CrashingRunner.class, TrustStableInput.with(new Picky())).run())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("no runner known to be compatible");
  }

  @Test
  void itIsNamedAfterBoth() {
    assertThat(TrustStableInput.with(new Picky()).getName())
        .isEqualTo("TrustStableInput(TrustStableInputTest.Picky)");
  }
}
