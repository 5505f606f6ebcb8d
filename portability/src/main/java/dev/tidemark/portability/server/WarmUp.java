package dev.tidemark.portability.server;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardCoders;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardPTransforms;
import org.apache.beam.sdk.util.construction.BeamUrns;

/**
 * Has the JVM load what the first job needs while the server starts, by a translation of a small
 * pipeline: clients that start a server wait for both.
 */
final class WarmUp {
  private static final String ENVIRONMENT = "environment";
  private static final String CODER = "coder";
  private static final String WINDOWING = "windowing";
  private static final String GLOBAL_WINDOW = "beam:coder:global_window:v1";
  private static final String GLOBAL_WINDOWS = "beam:window_fn:global_windows:v1";

  private WarmUp() {}

  /** Begins, on a thread of its own. */
  static void begin() {
    Thread thread =
        new Thread(
            () -> PipelineTranslator.translate(pipeline(), TranslationOptions.harness()),
            "tidemark-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  /** A function of another SDK behind an impulse. */
  static RunnerApi.Pipeline pipeline() {
    RunnerApi.Components.Builder components =
        RunnerApi.Components.newBuilder()
            .putEnvironments(
                ENVIRONMENT,
                RunnerApi.Environment.newBuilder().setUrn("beam:env:external:v1").build())
            .putCoders(CODER, coder(BeamUrns.getUrn(StandardCoders.Enum.BYTES)))
            .putCoders("window", coder(GLOBAL_WINDOW))
            .putWindowingStrategies(
                WINDOWING,
                RunnerApi.WindowingStrategy.newBuilder()
                    .setWindowFn(spec(GLOBAL_WINDOWS))
                    .setWindowCoderId("window")
                    .setMergeStatus(RunnerApi.MergeStatus.Enum.NON_MERGING)
                    .setAccumulationMode(RunnerApi.AccumulationMode.Enum.DISCARDING)
                    .setOutputTime(RunnerApi.OutputTime.Enum.END_OF_WINDOW)
                    .setClosingBehavior(RunnerApi.ClosingBehavior.Enum.EMIT_IF_NONEMPTY)
                    .setOnTimeBehavior(RunnerApi.OnTimeBehavior.Enum.FIRE_ALWAYS)
                    .setTrigger(
                        RunnerApi.Trigger.newBuilder()
                            .setDefault(RunnerApi.Trigger.Default.getDefaultInstance()))
                    .setEnvironmentId(ENVIRONMENT)
                    .build())
            .putPcollections("all", collection())
            .putPcollections("some", collection())
            .putTransforms(
                "impulse",
                RunnerApi.PTransform.newBuilder()
                    .setUniqueName("impulse")
                    .setSpec(spec(BeamUrns.getUrn(StandardPTransforms.Primitives.IMPULSE)))
                    .putOutputs("out", "all")
                    .build())
            .putTransforms(
                "function",
                RunnerApi.PTransform.newBuilder()
                    .setUniqueName("function")
                    .setSpec(
                        RunnerApi.FunctionSpec.newBuilder()
                            .setUrn(BeamUrns.getUrn(StandardPTransforms.Primitives.PAR_DO))
                            .setPayload(
                                RunnerApi.ParDoPayload.newBuilder()
                                    .setDoFn(spec("beam:dofn:pickled_python_info:v1"))
                                    .build()
                                    .toByteString()))
                    .putInputs("in", "all")
                    .putOutputs("out", "some")
                    .setEnvironmentId(ENVIRONMENT)
                    .build());
    return RunnerApi.Pipeline.newBuilder()
        .setComponents(components)
        .addRootTransformIds("impulse")
        .addRootTransformIds("function")
        .build();
  }

  private static RunnerApi.PCollection collection() {
    return RunnerApi.PCollection.newBuilder()
        .setUniqueName("collection")
        .setCoderId(CODER)
        .setWindowingStrategyId(WINDOWING)
        .setIsBounded(RunnerApi.IsBounded.Enum.BOUNDED)
        .build();
  }

  private static RunnerApi.Coder coder(String urn) {
    return RunnerApi.Coder.newBuilder().setSpec(spec(urn)).build();
  }

  private static RunnerApi.FunctionSpec spec(String urn) {
    return RunnerApi.FunctionSpec.newBuilder().setUrn(urn).build();
  }
}
