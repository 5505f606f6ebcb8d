package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Runs pipelines of tests: {@code --runner=TestTidemarkRunner}, perhaps under the schedule of
 * {@link TestTidemarkOptions#getAdversarialSeed} or {@link TestTidemarkOptions#getSequentialSeed}.
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
    TestTidemarkOptions test = options.as(TestTidemarkOptions.class);
    Long adversarial = test.getAdversarialSeed();
    Long sequential = test.getSequentialSeed();
    Simulation simulation =
        adversarial != null
            ? Simulation.adversarial(adversarial)
            : sequential != null ? Simulation.sequential(sequential) : Simulation.NONE;
    ExecutionFactory executions =
        (graph, given, userClasses, store) ->
            EmbeddedExecution.create(graph, given, userClasses, simulation, RunResources.of(store));
    return new TestTidemarkRunner(TidemarkRunner.fromOptions(options, executions), adversarial);
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
