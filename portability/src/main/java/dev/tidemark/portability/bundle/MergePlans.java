package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.StageGraph;
import dev.tidemark.translation.wire.WireCoders;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/**
 * What a harness is told to run to merge windows: {@code KV<nonce, windows>} go in, {@code
 * KV<nonce, KV<windows that do not merge, KV<result, windows consumed>>>} come out.
 */
final class MergePlans {
  private static final String MERGE_URN = "beam:transform:merge_windows:v1";
  private static final String GLOBAL_WINDOWS_URN = "beam:window_fn:global_windows:v1";
  private static final String SOURCE = "read";
  private static final String MERGE = "merge";
  private static final String SINK = "write";
  private static final String WINDOWS = "windows";
  private static final String GLOBAL = "global";

  /** What comes out. */
  static final CollectionId MERGED = new CollectionId("merged");

  private MergePlans() {}

  /**
   * The plan for the windows of a strategy.
   *
   * @param windowing of an SDK
   * @param id of the descriptor: unique in the server, and hard to guess
   */
  static HarnessPlan of(StageGraph graph, RunnerApi.WindowingStrategy windowing, String id) {
    RunnerApi.Components.Builder components = RunnerApi.Components.newBuilder();
    String window = new WireCoders(graph).window(windowing.getWindowCoderId(), components);
    Coders coders = new Coders(components);
    String windows = coders.add(ModelCoders.ITERABLE_CODER_URN, window);
    String bytes = coders.add(ModelCoders.BYTES_CODER_URN);
    String globalWindow = coders.add(ModelCoders.GLOBAL_WINDOW_CODER_URN);
    String input = coders.add(ModelCoders.KV_CODER_URN, bytes, windows);
    String merged =
        coders.add(
            ModelCoders.ITERABLE_CODER_URN, coders.add(ModelCoders.KV_CODER_URN, window, windows));
    String output =
        coders.add(
            ModelCoders.KV_CODER_URN, bytes, coders.add(ModelCoders.KV_CODER_URN, windows, merged));
    BeamFnApi.ProcessBundleDescriptor descriptor =
        BeamFnApi.ProcessBundleDescriptor.newBuilder()
            .setId(id)
            .putTransforms(
                SOURCE,
                Ports.source(
                    SOURCE,
                    WINDOWS,
                    coders.add(ModelCoders.WINDOWED_VALUE_CODER_URN, input, globalWindow)))
            .putTransforms(
                MERGE,
                RunnerApi.PTransform.newBuilder()
                    .setUniqueName(MERGE)
                    .setSpec(
                        RunnerApi.FunctionSpec.newBuilder()
                            .setUrn(MERGE_URN)
                            .setPayload(windowing.getWindowFn().toByteString()))
                    .putInputs("in", WINDOWS)
                    .putOutputs("out", MERGED.value())
                    .setEnvironmentId(windowing.getEnvironmentId())
                    .build())
            .putTransforms(
                SINK,
                Ports.sink(
                    SINK,
                    MERGED.value(),
                    coders.add(ModelCoders.WINDOWED_VALUE_CODER_URN, output, globalWindow)))
            .putPcollections(WINDOWS, collection(WINDOWS, input))
            .putPcollections(MERGED.value(), collection(MERGED.value(), output))
            .putWindowingStrategies(GLOBAL, global(globalWindow, windowing.getEnvironmentId()))
            .putAllCoders(components.getCodersMap())
            .putEnvironments(
                windowing.getEnvironmentId(),
                Descriptors.withoutDependencies(graph, windowing.getEnvironmentId()))
            .build();
    return new HarnessPlan(
        descriptor, SOURCE, Map.of(SINK, MERGED), Map.of(), MERGE, MERGE, Set.of());
  }

  /** Names coders by what they are, so that the same one is there once. */
  private record Coders(RunnerApi.Components.Builder into) {
    String add(String urn, String... parts) {
      String id = urn + "<" + String.join(",", parts) + ">";
      into.putCoders(
          id,
          RunnerApi.Coder.newBuilder()
              .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(urn))
              .addAllComponentCoderIds(List.of(parts))
              .build());
      return id;
    }
  }

  private static RunnerApi.PCollection collection(String name, String coder) {
    return RunnerApi.PCollection.newBuilder()
        .setUniqueName(name)
        .setCoderId(coder)
        .setIsBounded(RunnerApi.IsBounded.Enum.BOUNDED)
        .setWindowingStrategyId(GLOBAL)
        .build();
  }

  private static RunnerApi.WindowingStrategy global(String windowCoder, String environment) {
    return RunnerApi.WindowingStrategy.newBuilder()
        .setWindowFn(RunnerApi.FunctionSpec.newBuilder().setUrn(GLOBAL_WINDOWS_URN))
        .setMergeStatus(RunnerApi.MergeStatus.Enum.NON_MERGING)
        .setWindowCoderId(windowCoder)
        .setTrigger(
            RunnerApi.Trigger.newBuilder()
                .setDefault(RunnerApi.Trigger.Default.getDefaultInstance()))
        .setAccumulationMode(RunnerApi.AccumulationMode.Enum.DISCARDING)
        .setOutputTime(RunnerApi.OutputTime.Enum.END_OF_WINDOW)
        .setClosingBehavior(RunnerApi.ClosingBehavior.Enum.EMIT_IF_NONEMPTY)
        .setOnTimeBehavior(RunnerApi.OnTimeBehavior.Enum.FIRE_ALWAYS)
        .setEnvironmentId(environment)
        .build();
  }
}
