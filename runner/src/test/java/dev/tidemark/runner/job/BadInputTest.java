package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.translation.PipelineTranslator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a new user may get wrong gives one error that names the transform, and leaves nothing
 * behind: no thread, no function that was not torn down.
 */
@Timeout(60)
class BadInputTest {
  private final PipelineOptions options = PipelineOptionsFactory.create();

  BadInputTest() {
    options.setRunner(TidemarkRunner.class);
    options.setJobName("bad-input-" + System.nanoTime());
  }

  /** Runs the pipeline, which must fail, and returns how; no thread of the job may be left. */
  private JobFailedException failureOf(Pipeline pipeline) throws InterruptedException {
    Throwable thrown = catchThrowable(() -> pipeline.run().waitUntilFinish());
    assertThat(thrown).isInstanceOf(JobFailedException.class);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (belongsToTheJob(thread)) {
        thread.join(30_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
    return (JobFailedException) thrown;
  }

  private boolean belongsToTheJob(Thread thread) {
    return thread.getName().startsWith("tidemark-")
        && thread.getName().contains(options.getJobName());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*NOT_DETERMINISTIC")
  void aFailureNamesTheTransformAndLeavesNothing(Fault fault) throws Exception {
    Pipeline pipeline = Pipeline.create(options);
    fault.addTo(pipeline);

    JobFailedException failure = failureOf(pipeline);

    assertThat(failure.transform().orElseThrow()).startsWith(fault.transform());
    assertThat(failure.getMessage()).contains(fault.words());
    assertThat(Fault.IN_USE).isEmpty();
  }

  @Test
  void keysThatAreNotDeterministicAreRefusedBeforeAnythingStarts() {
    // Beam's Java SDK refuses them itself; a pipeline from elsewhere may come with them.
    TidemarkRunner runner =
        new TidemarkRunner(
            options,
            proto -> PipelineTranslator.translate(withFickleKeys(proto)),
            (graph, given, loader, store) -> EmbeddedExecution.create(graph, given, loader));
    Pipeline pipeline = Pipeline.create(options);
    Fault.keyed(pipeline, "k", KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
        .apply("Group them", GroupByKey.create());

    assertThatThrownBy(() -> runner.run(pipeline))
        .hasMessageContaining("Group them: the key coder")
        .hasMessageContaining("FickleCoder")
        .hasMessageContaining("is not deterministic")
        .hasMessageContaining("it has moods");
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(this::belongsToTheJob);
  }

  /** The pipeline with {@link Fault.FickleCoder} in place of the coder of strings. */
  private static RunnerApi.Pipeline withFickleKeys(RunnerApi.Pipeline proto) {
    SdkComponents fickle = SdkComponents.create(proto.getComponents(), proto.getRequirementsList());
    RunnerApi.Coder coder;
    try {
      String id = fickle.registerCoder(new Fault.FickleCoder());
      coder = fickle.toComponents().getCodersOrThrow(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, RunnerApi.Coder> coders =
        proto.getComponents().getCodersMap().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    each ->
                        each.getValue().getSpec().getUrn().contains("string_utf8")
                            ? coder
                            : each.getValue()));
    return proto.toBuilder()
        .setComponents(proto.getComponents().toBuilder().putAllCoders(coders))
        .build();
  }

  @Test
  void aFailureOfOneJobLeavesTheNextAlone() throws Exception {
    Pipeline broken = Pipeline.create(options);
    Fault.PROCESS_THROWS.addTo(broken);
    failureOf(broken);

    Pipeline sound = Pipeline.create(options);
    sound.apply(Create.of(1, 2, 3));
    assertThat(sound.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }
}
