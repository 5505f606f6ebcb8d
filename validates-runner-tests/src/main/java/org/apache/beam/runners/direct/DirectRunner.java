package org.apache.beam.runners.direct;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.TestPipeline;

/**
 * Stands in for Beam's default runner, which Beam finds by this name: a few of its tests make a
 * pipeline without options, and these too are to meet the runner under test. Where Beam's own
 * DirectRunner is wanted, it comes first on the class path.
 */
public final class DirectRunner extends PipelineRunner<PipelineResult> {
  private final PipelineRunner<?> underTest;

  private DirectRunner(PipelineRunner<?> underTest) {
    this.underTest = underTest;
  }

  /** Called by Beam, reflectively: the runner that the options of the tests name. */
  public static DirectRunner fromOptions(PipelineOptions options) {
    options.setRunner(TestPipeline.testingPipelineOptions().getRunner());
    return new DirectRunner(PipelineRunner.fromOptions(options));
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    return underTest.run(pipeline);
  }
}
