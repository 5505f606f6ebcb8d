package dev.tidemark.translation;

import dev.tidemark.translation.fuse.Fuser;
import dev.tidemark.translation.graph.NodeGraph;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.rewrite.GraphRewriter;
import dev.tidemark.translation.wire.RunnerCoders;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Translates a pipeline in its portable form into a {@link StageGraph}.
 *
 * <p>Thread-safe.
 */
public final class PipelineTranslator {

  private PipelineTranslator() {}

  /**
   * Translates a Java pipeline that runs in its own JVM.
   *
   * @param pipeline from a Java {@code Pipeline} whose reads were converted already
   * @return the stages to execute
   * @throws UnsupportedPipelineException as {@link #translate(RunnerApi.Pipeline,
   *     TranslationOptions)}
   */
  public static StageGraph translate(RunnerApi.Pipeline pipeline) {
    return translate(pipeline, TranslationOptions.directJava());
  }

  /**
   * Translates {@code pipeline}.
   *
   * @param pipeline from a Java {@code Pipeline} or from any other SDK
   * @param options where user functions run, and how
   * @return the stages to execute
   * @throws UnsupportedPipelineException if the pipeline holds a transform, a requirement or a
   *     component that cannot be honoured; it lists them all
   */
  public static StageGraph translate(RunnerApi.Pipeline pipeline, TranslationOptions options) {
    GraphRewriter rewriter =
        new GraphRewriter(options.environments(), options.nativeReads(), options.foreign());
    GraphRewriter.Result result = rewriter.rewrite(pipeline);
    if (result instanceof GraphRewriter.Result.Rejected rejected) {
      throw new UnsupportedPipelineException(rejected.problems());
    }
    NodeGraph nodes = ((GraphRewriter.Result.Translated) result).graph();
    return RunnerCoders.assign(new Fuser(options.environments()).fuse(nodes), options.foreign());
  }
}
