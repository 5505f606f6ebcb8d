package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Simulation;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Runs pipelines of tests: {@code --runner=TestTidemarkRunner}, perhaps under the schedule of
 * {@link TestTidemarkOptions#getAdversarialSeed}.
 *
 * <p>{@link #run} blocks until the job has ended. An assertion that failed comes out as the very
 * {@link AssertionError} that was thrown, anything else as {@link JobFailedException}; it is an
 * {@link AssertionError} as well when a {@code PAssert} of the pipeline was never checked.
 *
 * <p>Thread-safe.
 */
public final class TestTidemarkRunner extends PipelineRunner<TidemarkPipelineResult> {
  private final TidemarkRunner runner;
  private final @Nullable Long adversarialSeed;

  TestTidemarkRunner(TidemarkRunner runner, @Nullable Long adversarialSeed) {
    this.runner = runner;
    this.adversarialSeed = adversarialSeed;
  }

  /** Makes a runner; Beam calls it by reflection. */
  public static TestTidemarkRunner fromOptions(PipelineOptions options) {
    Long seed = options.as(TestTidemarkOptions.class).getAdversarialSeed();
    return new TestTidemarkRunner(TidemarkRunner.fromOptions(options, executions(seed)), seed);
  }

  private static ExecutionFactory executions(@Nullable Long adversarialSeed) {
    if (adversarialSeed == null) {
      return EmbeddedExecution::create;
    }
    Simulation simulation = Simulation.adversarial(adversarialSeed);
    return (graph, options, userClasses) ->
        EmbeddedExecution.create(graph, options, userClasses, simulation);
  }

  /** Runs {@code pipeline} to its end. */
  @Override
  public TidemarkPipelineResult run(Pipeline pipeline) {
    try {
      return runToItsEnd(pipeline);
    } catch (Throwable failure) {
      if (adversarialSeed != null) {
        failure.addSuppressed(
            new Exception("the schedule was that of --adversarialSeed=" + adversarialSeed));
      }
      throw failure;
    }
  }

  private TidemarkPipelineResult runToItsEnd(Pipeline pipeline) {
    TidemarkPipelineResult result = runner.run(pipeline);
    try {
      result.waitUntilFinish();
    } catch (JobFailedException e) {
      if (e.getCause() instanceof AssertionError failed) {
        throw failed;
      }
      throw e;
    }
    PipelineAssertions.verify(pipeline, result);
    return result;
  }
}
