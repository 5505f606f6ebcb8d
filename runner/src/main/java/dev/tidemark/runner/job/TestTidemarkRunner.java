package dev.tidemark.runner.job;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Runs pipelines of tests: {@code --runner=TestTidemarkRunner}.
 *
 * <p>{@link #run} blocks until the job has ended. An assertion that failed comes out as the very
 * {@link AssertionError} that was thrown, anything else as {@link JobFailedException}; it is an
 * {@link AssertionError} as well when a {@code PAssert} of the pipeline was never checked.
 *
 * <p>Thread-safe.
 */
public final class TestTidemarkRunner extends PipelineRunner<TidemarkPipelineResult> {
  private final TidemarkRunner runner;

  TestTidemarkRunner(TidemarkRunner runner) {
    this.runner = runner;
  }

  /** Makes a runner; Beam calls it by reflection. */
  public static TestTidemarkRunner fromOptions(PipelineOptions options) {
    return new TestTidemarkRunner(TidemarkRunner.fromOptions(options));
  }

  /** Runs {@code pipeline} to its end. */
  @Override
  public TidemarkPipelineResult run(Pipeline pipeline) {
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
