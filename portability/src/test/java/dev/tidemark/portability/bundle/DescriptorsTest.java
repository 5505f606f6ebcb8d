package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.junit.jupiter.api.Test;

final class DescriptorsTest {

  @Test
  void descriptorsAreCompleteAndNameTheUsersTransforms() throws Exception {
    StageGraph graph = graph();
    List<Node> nodes = harnessNodes(graph);
    assertThat(nodes).isNotEmpty();
    for (Node node : nodes) {
      BundleDescriptor descriptor = Descriptors.of(graph, node, "id");
      checkReferences(descriptor.proto());
      Operation.Harness harness = (Operation.Harness) node.operation();
      assertThat(descriptor.proto().getId()).isEqualTo("id");
      assertThat(descriptor.fullNames().keySet())
          .isEqualTo(descriptor.proto().getTransformsMap().keySet());
      for (Node part : harness.parts()) {
        assertThat(descriptor.fullNames()).containsEntry(part.id().value(), part.fullName());
      }
      assertThat(descriptor.sinks().keySet())
          .containsExactlyInAnyOrderElementsOf(node.outputs().values());
      assertThat(descriptor.proto().getTransformsCount())
          .isEqualTo(harness.parts().size() + 1 + node.outputs().size());
      RunnerApi.PTransform source = descriptor.proto().getTransformsOrThrow(descriptor.source());
      assertThat(source.getOutputsMap().values()).containsExactly(node.inputs().get(0).value());
    }
  }

  @Test
  void urnsAreThoseOfTheFnApi() throws Exception {
    StageGraph graph = graph();
    Set<String> urns = new HashSet<>();
    for (Node node : harnessNodes(graph)) {
      Descriptors.of(graph, node, "id")
          .proto()
          .getTransformsMap()
          .values()
          .forEach(transform -> urns.add(transform.getSpec().getUrn()));
    }
    assertThat(urns)
        .containsExactlyInAnyOrder(
            "beam:runner:source:v1",
            "beam:runner:sink:v1",
            "beam:transform:pardo:v1",
            "beam:transform:sdf_pair_with_restriction:v1",
            "beam:transform:sdf_split_and_size_restrictions:v1",
            "beam:transform:sdf_process_sized_element_and_restrictions:v1",
            "beam:transform:combine_per_key_precombine:v1",
            "beam:transform:combine_per_key_merge_accumulators:v1",
            "beam:transform:combine_per_key_extract_outputs:v1");
  }

  @Test
  void keysAndTimersAreEncodedAsTheRunnerKnowsThem() throws Exception {
    StageGraph graph = graph();
    Node node =
        harnessNodes(graph).stream()
            .filter(candidate -> candidate.operation().needsKeys())
            .findFirst()
            .orElseThrow();
    BundleDescriptor descriptor = Descriptors.of(graph, node, "id");
    BeamFnApi.ProcessBundleDescriptor proto = descriptor.proto();
    String input = proto.getPcollectionsOrThrow(node.inputs().get(0).value()).getCoderId();
    assertThat(text(proto, input)).isEqualTo("kv<length_prefix<javasdk>,string_utf8>");
    assertThat(descriptor.timers()).hasSize(1);
    BundleDescriptor.Timers timers = descriptor.timers().get(0);
    assertThat(timers.spec().getTimeDomain()).isEqualTo(RunnerApi.TimeDomain.Enum.EVENT_TIME);
    assertThat(text(proto, timers.spec().getTimerFamilyCoderId()))
        .isEqualTo("timer<length_prefix<javasdk>,global_window>");
    RunnerApi.ParDoPayload payload =
        RunnerApi.ParDoPayload.parseFrom(
            proto.getTransformsOrThrow(timers.transformId()).getSpec().getPayload());
    assertThat(payload.getTimerFamilySpecsOrThrow(timers.familyId())).isEqualTo(timers.spec());
    String bag =
        payload.getStateSpecsMap().values().iterator().next().getBagSpec().getElementCoderId();
    assertThat(proto.containsCoders(bag)).isTrue();
    BeamFnApi.RemoteGrpcPort port =
        BeamFnApi.RemoteGrpcPort.parseFrom(
            proto.getTransformsOrThrow(descriptor.source()).getSpec().getPayload());
    assertThat(text(proto, port.getCoderId()))
        .isEqualTo("windowed_value<kv<length_prefix<javasdk>,string_utf8>,global_window>");
  }

  @Test
  void sideInputsAreAmongTheInputs() throws Exception {
    StageGraph graph = graph();
    Node node =
        harnessNodes(graph).stream()
            .filter(candidate -> !candidate.sideInputs().isEmpty())
            .findFirst()
            .orElseThrow();
    BundleDescriptor descriptor = Descriptors.of(graph, node, "id");
    String shown = node.sideInputs().get(0).collection().value();
    assertThat(descriptor.proto().getTransformsMap().values())
        .filteredOn(transform -> transform.getUniqueName().startsWith("Join"))
        .singleElement()
        .satisfies(
            transform -> assertThat(transform.getInputsMap()).hasSize(2).containsValue(shown));
    assertThat(
            text(descriptor.proto(), descriptor.proto().getPcollectionsOrThrow(shown).getCoderId()))
        .isEqualTo("kv<string_utf8,length_prefix<javasdk>>");
  }

  @Test
  void aDrainedJobTruncatesFirst() throws Exception {
    StageGraph graph = graph();
    Node node =
        harnessNodes(graph).stream()
            .filter(
                candidate ->
                    ((Operation.Harness) candidate.operation()).root().operation()
                        instanceof Operation.ProcessSizedElements)
            .findFirst()
            .orElseThrow();
    BundleDescriptor descriptor = Descriptors.truncating(graph, node, "id");
    checkReferences(descriptor.proto());
    RunnerApi.PTransform truncate =
        descriptor.proto().getTransformsMap().values().stream()
            .filter(
                transform ->
                    transform
                        .getSpec()
                        .getUrn()
                        .equals("beam:transform:sdf_truncate_sized_restrictions:v1"))
            .findFirst()
            .orElseThrow();
    assertThat(truncate.getInputsMap()).containsValue(node.inputs().get(0).value());
    RunnerApi.PTransform process = descriptor.proto().getTransformsOrThrow(node.id().value());
    assertThat(process.getInputsMap().values())
        .containsExactlyElementsOf(truncate.getOutputsMap().values());
  }

  @Test
  void windowedValuesAreWrappedOnceMoreForJava() throws Exception {
    assertThat(coderOfWindowedValues("apache/beam_java17_sdk:2.70.0"))
        .isEqualTo("windowed_value<windowed_value<string_utf8,global_window>,global_window>");
    assertThat(coderOfWindowedValues("apache/beam_python3.11_sdk:2.70.0"))
        .isEqualTo("windowed_value<string_utf8,global_window>");
  }

  private static String coderOfWindowedValues(String sdk) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Words", Create.of("a"))
        .apply("Reify", ParDo.of(new Wrap()))
        .setCoder(WindowedValues.getFullCoder(StringUtf8Coder.of(), GlobalWindow.Coder.INSTANCE))
        .apply("Next", ParDo.of(new Drop()));
    StageGraph graph =
        PipelineTranslator.translate(
            ScriptedJob.ofSdk(sdk, PipelineTranslation.toProto(pipeline, false)),
            TranslationOptions.harness());
    for (Node node : harnessNodes(graph)) {
      BeamFnApi.ProcessBundleDescriptor descriptor = Descriptors.of(graph, node, "id").proto();
      for (RunnerApi.PTransform transform : descriptor.getTransformsMap().values()) {
        if (transform.getUniqueName().startsWith("Next")) {
          String input = transform.getInputsMap().values().iterator().next();
          return text(descriptor, descriptor.getPcollectionsOrThrow(input).getCoderId());
        }
      }
    }
    throw new AssertionError("no such transform");
  }

  private static StageGraph graph() {
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Integer>> pairs =
        pipeline.apply("Pairs", Create.of(KV.of("a", 1), KV.of("b", 2)));
    PCollectionView<Iterable<KV<String, Integer>>> view = pairs.apply(View.asIterable());
    pairs
        .apply("Sum", Combine.perKey(Sum.ofIntegers()))
        .apply("Join", ParDo.of(new Swap()).withSideInputs(view))
        .setCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()))
        .apply("Keep", ParDo.of(new Keep()));
    return PipelineTranslator.translate(
        PipelineTranslation.toProto(pipeline, false), TranslationOptions.harness());
  }

  private static List<Node> harnessNodes(StageGraph graph) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .filter(node -> node.operation() instanceof Operation.Harness)
        .toList();
  }

  private static void checkReferences(BeamFnApi.ProcessBundleDescriptor proto) {
    proto
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              assertThat(proto.getPcollectionsMap().keySet())
                  .containsAll(transform.getInputsMap().values())
                  .containsAll(transform.getOutputsMap().values());
              assertThat(transform.getEnvironmentId())
                  .isIn("", proto.getEnvironmentsMap().keySet().iterator().next());
            });
    proto
        .getPcollectionsMap()
        .values()
        .forEach(
            collection -> {
              assertThat(proto.containsCoders(collection.getCoderId())).isTrue();
              assertThat(proto.containsWindowingStrategies(collection.getWindowingStrategyId()))
                  .isTrue();
            });
    proto
        .getWindowingStrategiesMap()
        .values()
        .forEach(
            windowing -> assertThat(proto.containsCoders(windowing.getWindowCoderId())).isTrue());
    proto
        .getCodersMap()
        .values()
        .forEach(
            coder ->
                assertThat(proto.getCodersMap().keySet())
                    .containsAll(coder.getComponentCoderIdsList()));
  }

  private static String text(BeamFnApi.ProcessBundleDescriptor proto, String id) {
    RunnerApi.Coder coder = proto.getCodersOrThrow(id);
    String name = coder.getSpec().getUrn().split(":", -1)[2];
    return coder.getComponentCoderIdsCount() == 0
        ? name
        : name
            + "<"
            + String.join(
                ",",
                coder.getComponentCoderIdsList().stream().map(part -> text(proto, part)).toList())
            + ">";
  }

  private static final class Swap extends DoFn<KV<String, Integer>, KV<Integer, String>> {
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, OutputReceiver<KV<Integer, String>> out) {
      out.output(KV.of(element.getValue(), element.getKey()));
    }
  }

  private static final class Keep extends DoFn<KV<Integer, String>, String> {
    @StateId("kept")
    private final StateSpec<BagState<String>> kept = StateSpecs.bag(StringUtf8Coder.of());

    @TimerId("later")
    private final TimerSpec later = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, String> element, @StateId("kept") BagState<String> bag) {
      bag.add(element.getValue());
    }

    @OnTimer("later")
    public void onLater(OutputReceiver<String> out) {
      out.output("later");
    }
  }

  private static final class Wrap extends DoFn<String, WindowedValue<String>> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private static final class Drop extends DoFn<WindowedValue<String>, String> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }
}
