package dev.tidemark.translation;

import dev.tidemark.translation.graph.StageGraph;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Translates a pipeline in its portable form into a {@link StageGraph}.
 *
 * <p>Thread-safe.
 */
public final class PipelineTranslator {

  private PipelineTranslator() {}

  /**
   * Translates {@code pipeline}.
   *
   * @param pipeline from a Java {@code Pipeline} or from any other SDK
   * @return the stages to execute
   * @throws UnsupportedPipelineException if the pipeline holds a transform, a requirement or a
   *     component that cannot be honoured; it lists them all
   */
  public static StageGraph translate(RunnerApi.Pipeline pipeline) {
    throw new UnsupportedOperationException();
  }
}
