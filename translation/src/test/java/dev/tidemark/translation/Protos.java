package dev.tidemark.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/** Makes protos of Java pipelines in the way that the runner does. */
public final class Protos {
  private Protos() {}

  /** The proto of a pipeline, reads as primitive reads unless an experiment says otherwise. */
  public static RunnerApi.Pipeline of(Pipeline pipeline) {
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    return withSplittableReads(pipeline);
  }

  /** The proto of a pipeline, reads as the splittable functions to which Beam expands them. */
  public static RunnerApi.Pipeline withSplittableReads(Pipeline pipeline) {
    return PipelineTranslation.toProto(
        pipeline, SdkComponents.create(pipeline.getOptions()), false);
  }
}
