package dev.tidemark.runner.state.description;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.StageGraph;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/** Pipelines and descriptions of them. */
public final class Programs {
  private Programs() {}

  /** Describes a pipeline as its runner does. */
  public static JobDescription describe(Pipeline pipeline) {
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    StageGraph graph =
        PipelineTranslator.translate(
            PipelineTranslation.toProto(
                pipeline, SdkComponents.create(pipeline.getOptions()), false));
    return JobDescriber.describe(new Components(graph), "job", 128);
  }

  /** Describes a pipeline as a server does that others have sent it. */
  static JobDescription describeForeign(Pipeline pipeline) {
    StageGraph graph =
        PipelineTranslator.translate(
            PipelineTranslation.toProto(
                pipeline, SdkComponents.create(pipeline.getOptions()), false),
            TranslationOptions.harness());
    return JobDescriber.describeForeign(graph, "job", 128);
  }

  /** The transforms of a description as text. */
  public static String text(JobDescription job) {
    StringBuilder text = new StringBuilder();
    job.transforms()
        .forEach(
            (name, parts) -> {
              text.append(name).append('\n');
              parts.forEach(
                  (part, is) ->
                      text.append("  ").append(part).append(": ").append(is).append('\n'));
            });
    return text.toString();
  }

  static JobDescription description(String name, int keyGroups) {
    SortedMap<String, SortedMap<String, String>> transforms = new TreeMap<>();
    transforms.put("Count", new TreeMap<>());
    transforms.get("Count").put("keys", "é".repeat(100));
    return new JobDescription("2.70.0", name, keyGroups, transforms);
  }
}
