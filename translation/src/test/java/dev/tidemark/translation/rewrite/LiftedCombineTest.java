package dev.tidemark.translation.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.Protos;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.UnsupportedPipelineException;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/** Combines that arrive in parts, as Python's SDK lifts them before it submits a job. */
class LiftedCombineTest {

  @Test
  void itsPartsRunInTheHarnessAsTheyStand() {
    StageGraph graph = PipelineTranslator.translate(lifted(), TranslationOptions.harness());
    assertThat(parts(graph).map(Node::operation).map(Object::getClass))
        .contains(
            Operation.PartialCombine.class,
            Operation.MergeAccumulators.class,
            Operation.ExtractOutputs.class);
    assertThat(parts(graph).map(node -> node.id().value()))
        .contains("Sum/Precombine", "Sum/Merge", "Sum/Extract");
    assertThat(graph.stages().stream().flatMap(stage -> stage.nodes().stream()))
        .filteredOn(node -> node.operation() instanceof Operation.GroupByKey)
        .hasSize(1);
  }

  @Test
  void itIsRefusedWhereFunctionsAreDirectCalls() {
    RunnerApi.Pipeline pipeline = lifted();
    assertThatThrownBy(() -> PipelineTranslator.translate(pipeline))
        .isInstanceOf(UnsupportedPipelineException.class)
        .hasMessageContaining("Sum/Precombine");
  }

  private static Stream<Node> parts(StageGraph graph) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .flatMap(
            node ->
                node.operation() instanceof Operation.Harness harness
                    ? harness.parts().stream()
                    : Stream.of());
  }

  /** A sum per key whose combine is replaced by its parts and a plain group. */
  private static RunnerApi.Pipeline lifted() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(KV.of("a", 1L))).apply("Sum", Sum.longsPerKey());
    RunnerApi.Pipeline proto = Protos.withSplittableReads(pipeline);
    Map.Entry<String, RunnerApi.PTransform> combine =
        proto.getComponents().getTransformsMap().entrySet().stream()
            .filter(
                entry ->
                    entry
                        .getValue()
                        .getSpec()
                        .getUrn()
                        .equals(PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN))
            .findFirst()
            .orElseThrow();
    return proto.toBuilder().setComponents(replaced(proto.getComponents(), combine)).build();
  }

  private static RunnerApi.Components.Builder replaced(
      RunnerApi.Components components, Map.Entry<String, RunnerApi.PTransform> combine) {
    RunnerApi.PTransform sum = combine.getValue();
    String input = sum.getInputsMap().values().iterator().next();
    String output = sum.getOutputsMap().values().iterator().next();
    RunnerApi.PCollection pairs = components.getPcollectionsOrThrow(input);
    RunnerApi.Coder kv = components.getCodersOrThrow(pairs.getCoderId());
    RunnerApi.CombinePayload payload = Objects.requireNonNull(Payloads.combine(sum));
    String accumulator = payload.getAccumulatorCoderId();
    RunnerApi.Components.Builder builder =
        components.toBuilder()
            .putCoders("partials", Coders.kv(kv.getComponentCoderIds(0), accumulator))
            .putCoders("accumulators", Coders.iterable(accumulator))
            .putCoders("groups", Coders.kv(kv.getComponentCoderIds(0), "accumulators"))
            .putPcollections("partial", like(pairs, "partial", "partials"))
            .putPcollections("grouped", like(pairs, "grouped", "groups"))
            .putPcollections("merged", like(pairs, "merged", "partials"))
            .putTransforms(
                "precombine",
                part(
                    sum,
                    "Precombine",
                    PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN,
                    input,
                    "partial"))
            .putTransforms(
                "group",
                part(
                        sum,
                        "Group",
                        PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN,
                        "partial",
                        "grouped")
                    .toBuilder()
                    .clearEnvironmentId()
                    .build())
            .putTransforms(
                "merge",
                part(
                    sum,
                    "Merge",
                    PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN,
                    "grouped",
                    "merged"))
            .putTransforms(
                "extract",
                part(
                    sum,
                    "Extract",
                    PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN,
                    "merged",
                    output));
    sum.getSubtransformsList().forEach(builder::removeTransforms);
    return builder.putTransforms(
        combine.getKey(),
        sum.toBuilder()
            .clearSpec()
            .clearSubtransforms()
            .clearEnvironmentId()
            .addAllSubtransforms(List.of("precombine", "group", "merge", "extract"))
            .build());
  }

  private static RunnerApi.PTransform part(
      RunnerApi.PTransform sum, String name, String urn, String input, String output) {
    return sum.toBuilder()
        .setUniqueName("Sum/" + name)
        .setSpec(sum.getSpec().toBuilder().setUrn(urn))
        .clearSubtransforms()
        .clearInputs()
        .putInputs("in", input)
        .clearOutputs()
        .putOutputs("out", output)
        .build();
  }

  private static RunnerApi.PCollection like(
      RunnerApi.PCollection pairs, String name, String coder) {
    return pairs.toBuilder().setUniqueName(name).setCoderId(coder).build();
  }
}
