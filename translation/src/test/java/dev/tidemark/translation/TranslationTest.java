package dev.tidemark.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.describe.GraphDot;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

/** Properties of a translation that the golden graphs do not show. */
class TranslationTest {

  @Test
  void namesAreTheSameForTheSameProgram() {
    StageGraph first = PipelineTranslator.translate(Protos.of(Pipelines.sideInputFromMainInput()));
    StageGraph second = PipelineTranslator.translate(Protos.of(Pipelines.sideInputFromMainInput()));
    assertThat(first.stages()).extracting(Stage::id).isEqualTo(ids(second));
    assertThat(nodes(first))
        .extracting(Node::id)
        .isEqualTo(nodes(second).stream().map(Node::id).toList());
  }

  @Test
  void oneProtoGivesEqualGraphs() {
    RunnerApi.Pipeline proto = Protos.of(Pipelines.statefulAfterGroup());
    assertThat(PipelineTranslator.translate(proto)).isEqualTo(PipelineTranslator.translate(proto));
  }

  @Test
  void deprecatedViewsAreLeftOut() {
    Pipeline pipeline = Pipelines.sideInputJoin();
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    RunnerApi.Pipeline proto =
        PipelineTranslation.toProto(pipeline, SdkComponents.create(pipeline.getOptions()), true);
    assertThat(proto.getComponents().getTransformsMap().values())
        .anyMatch(t -> t.getSpec().getUrn().equals("beam:transform:create_view:v1"));
    StageGraph graph = PipelineTranslator.translate(proto);
    Invariants.check(graph);
    assertThat(nodes(graph))
        .extracting(Node::id)
        .isEqualTo(nodes(withoutViews()).stream().map(Node::id).toList());
  }

  @Test
  void addedComponentsCanBeLookedUp() {
    StageGraph graph = PipelineTranslator.translate(Protos.of(Pipelines.splittableRead()));
    graph
        .collections()
        .values()
        .forEach(
            collection -> {
              assertThat(graph.components().containsPcollections(collection.id().value())).isTrue();
              assertThat(graph.components().containsCoders(collection.coderId())).isTrue();
            });
  }

  @Test
  void aCompositeIsExpandedIfSomebodyReadsWhatIsInside() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Pairs", Create.of(KV.of("a", 1L))).apply("Spread", Redistribute.byKey());
    RunnerApi.Pipeline.Builder proto = Protos.of(pipeline).toBuilder();
    Map.Entry<String, RunnerApi.PTransform> group =
        proto.getComponents().getTransformsMap().entrySet().stream()
            .filter(entry -> entry.getValue().getSpec().getUrn().contains("group_by_key:v1"))
            .findFirst()
            .orElseThrow();
    String inside = group.getValue().getOutputsMap().values().iterator().next();
    assertThat(nodes(PipelineTranslator.translate(proto.build())))
        .anyMatch(node -> node.operation() instanceof Operation.Redistribute);
    proto
        .addRootTransformIds("peeping")
        .getComponentsBuilder()
        .putTransforms(
            "peeping",
            RunnerApi.PTransform.newBuilder()
                .setUniqueName("Peeping")
                .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn("beam:transform:flatten:v1"))
                .putInputs("0", inside)
                .putOutputs("out", "peeped")
                .build())
        .putPcollections(
            "peeped",
            proto.getComponents().getPcollectionsOrThrow(inside).toBuilder()
                .setUniqueName("Peeping.out")
                .build());
    StageGraph graph = PipelineTranslator.translate(proto.build());
    Invariants.check(graph);
    assertThat(nodes(graph))
        .noneMatch(node -> node.operation() instanceof Operation.Redistribute)
        .anyMatch(node -> node.operation() instanceof Operation.GroupByKey);
  }

  @Test
  void reshuffleByAKeyAddedInsideIsArbitrary() {
    assertThat(redistribution(Redistribute.byKey(), "beam:transform:redistribute_by_key:v1"))
        .isEqualTo(new Operation.Redistribute(true, false));
    assertThat(
            redistribution(
                Redistribute.arbitrarily(), "beam:transform:redistribute_arbitrarily:v1"))
        .isEqualTo(new Operation.Redistribute(false, false));
  }

  /** How a composite, given the URN of Reshuffle, is translated. */
  private static Operation redistribution(
      PTransform<PCollection<KV<String, Long>>, PCollection<KV<String, Long>>> transform,
      String urn) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Pairs", Create.of(KV.of("a", 1L))).apply("Spread", transform);
    RunnerApi.Pipeline.Builder proto = Protos.of(pipeline).toBuilder();
    RunnerApi.FunctionSpec reshuffle =
        RunnerApi.FunctionSpec.newBuilder().setUrn("beam:transform:reshuffle:v1").build();
    Protos.of(pipeline)
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, part) -> {
              if (part.getSpec().getUrn().equals(urn)) {
                proto
                    .getComponentsBuilder()
                    .putTransforms(id, part.toBuilder().setSpec(reshuffle).build());
              }
            });
    return nodes(PipelineTranslator.translate(proto.build())).stream()
        .map(Node::operation)
        .filter(Operation.Redistribute.class::isInstance)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void dotNamesEveryNodeAndEdge() {
    StageGraph graph = PipelineTranslator.translate(Protos.of(Pipelines.sideInputJoin()));
    String dot = GraphDot.render(graph);
    assertThat(dot).startsWith("digraph pipeline {\n").endsWith("}\n");
    nodes(graph).forEach(node -> assertThat(dot).contains(node.id().value()));
    long edges =
        graph.stages().stream()
            .mapToLong(stage -> stage.innerEdges().size() + stage.incoming().size())
            .sum();
    assertThat(dot.lines().filter(line -> line.contains(" -> "))).hasSize((int) edges);
    assertThat(dot).contains("label=\"broadcast\"").contains("style=dashed");
  }

  private static StageGraph withoutViews() {
    return PipelineTranslator.translate(Protos.of(Pipelines.sideInputJoin()));
  }

  private static List<Node> nodes(StageGraph graph) {
    return graph.stages().stream().flatMap(stage -> stage.nodes().stream()).toList();
  }

  private static List<Object> ids(StageGraph graph) {
    return graph.stages().stream().<Object>map(Stage::id).toList();
  }
}
