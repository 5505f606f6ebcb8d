package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.translation.PipelineTranslator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** Runs a pipeline as {@link TidemarkRunner} does, but repeatably or adversarially. Stateless. */
public final class SimulatedRunner {
  private SimulatedRunner() {}

  /** Starts the pipeline with its own options. */
  public static PipelineResult run(Pipeline pipeline, Simulation simulation) {
    return new TidemarkRunner(
            pipeline.getOptions(),
            PipelineTranslator::translate,
            (graph, options, loader, store) ->
                EmbeddedExecution.create(graph, options, loader, simulation))
        .run(pipeline);
  }
}
