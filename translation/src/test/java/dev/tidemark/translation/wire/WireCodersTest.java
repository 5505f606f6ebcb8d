package dev.tidemark.translation.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.Protos;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.CollectionSpec;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.OpaqueWindows;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.construction.CoderTranslation;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The runner and a harness agree on bytes, whatever the runner knows of the coder. */
class WireCodersTest {
  private static final String TEST_STREAM = PTransformTranslation.TEST_STREAM_TRANSFORM_URN;

  @TestFactory
  Stream<DynamicTest> bothSidesWriteTheSameBytes() {
    Coder<String> string = StringUtf8Coder.of();
    Coder<Integer> unknown = VarIntCoder.of();
    Map<Coder<?>, Object> values =
        Map.of(
            string,
            "tide\u00e9",
            unknown,
            300,
            KvCoder.of(string, VarLongCoder.of()),
            KV.of("a", 5L),
            KvCoder.of(unknown, unknown),
            KV.of(1, 2),
            KvCoder.of(NullableCoder.of(string), DoubleCoder.of()),
            KV.of(null, 0.5),
            IterableCoder.of(KvCoder.of(unknown, string)),
            List.of(KV.of(1, "x"), KV.of(2, "y")),
            KvCoder.of(KvCoder.of(string, unknown), IterableCoder.of(unknown)),
            KV.of(KV.of("k", 1), List.of(1, 2, 300)),
            ListCoder.of(BigEndianLongCoder.of()),
            List.of(1L, 2L));
    return values.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey().toString(), () -> agree(entry.getKey(), entry.getValue())));
  }

  private static void agree(Coder<?> coder, Object value) throws IOException {
    RunnerApi.Components.Builder descriptor = RunnerApi.Components.newBuilder();
    SdkComponents sdk = SdkComponents.create();
    String id = sdk.registerCoder(coder);
    WireCoders wire = new WireCoders(sdk.toComponents());
    String sentId = wire.element(id, descriptor);
    Coder<Object> harness = hydrate(descriptor.build(), sentId);
    Coder<Object> runner = hydrate(runnerComponents(sdk.toComponents(), id), "ours");
    byte[] sent = encode(harness, value);
    Object held = runner.decode(new ByteArrayInputStream(sent));
    assertThat(encode(runner, held)).isEqualTo(sent);
    Object back = harness.decode(new ByteArrayInputStream(encode(runner, held)));
    assertThat(harness.structuralValue(back)).isEqualTo(harness.structuralValue(value));
  }

  /** Components with the runner's form of a coder, called "ours". */
  private static RunnerApi.Components runnerComponents(RunnerApi.Components sdk, String coderId) {
    CollectionId collection = new CollectionId("elements");
    RunnerApi.Components components =
        sdk.toBuilder()
            .putWindowingStrategies(
                "windows",
                RunnerApi.WindowingStrategy.newBuilder()
                    .setWindowFn(
                        RunnerApi.FunctionSpec.newBuilder()
                            .setUrn("beam:window_fn:global_windows:v1"))
                    .build())
            .build();
    StageGraph graph =
        RunnerCoders.assign(
            new StageGraph(
                List.of(),
                Map.of(
                    collection,
                    new CollectionSpec(collection, "elements", coderId, "windows", true)),
                components),
            true);
    String ours = graph.collections().values().iterator().next().coderId();
    assertThat(mentionsOnlyStandard(graph.components(), ours)).isTrue();
    return graph.components().toBuilder()
        .putCoders("ours", graph.components().getCodersOrThrow(ours))
        .build();
  }

  private static boolean mentionsOnlyStandard(RunnerApi.Components components, String id) {
    RunnerApi.Coder coder = components.getCodersOrThrow(id);
    return !coder.getSpec().getUrn().equals(CoderTranslation.JAVA_SERIALIZED_CODER_URN)
        && coder.getComponentCoderIdsList().stream()
            .allMatch(part -> mentionsOnlyStandard(components, part));
  }

  @Test
  void aTestStreamIsDecodedInPartsOrAsAWhole() {
    assertThat(testStream(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .isEqualTo("kv<bytes,bytes>");
    // Nothing says where the key ends.
    assertThat(testStream(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()))).isEqualTo("bytes");
    // A length that is there already is that of the element.
    assertThat(testStream(LengthPrefixCoder.of(VarIntCoder.of())))
        .isEqualTo("length_prefix<bytes>");
    assertThat(testStream(KvCoder.of(StringUtf8Coder.of(), LengthPrefixCoder.of(VarIntCoder.of()))))
        .isEqualTo("kv<bytes,length_prefix<bytes>>");
    assertThat(testStream(VarLongCoder.of())).isEqualTo("varint");
  }

  @TestFactory
  Stream<DynamicTest> theHarnessDecodesTheElementsOfATestStream() {
    Coder<String> string = StringUtf8Coder.of();
    Coder<byte[]> bytes = ByteArrayCoder.of();
    return Stream.of(
        // As Python and Java send them, the last part without a length.
        sent("string", string, new byte[] {'a', 'b'}, new byte[] {2, 'a', 'b'}),
        sent("unknown", VarIntCoder.of(), new byte[] {5}, new byte[] {1, 5}),
        sent(
            "pair", KvCoder.of(string, string), new byte[] {1, 'a', 'b'}, "\1a\1b".getBytes(UTF_8)),
        // As Go sends them, with one; its own coder takes that off.
        sent("Go's string", string, new byte[] {1, 'a'}, new byte[] {2, 1, 'a'}),
        sent("Go's bytes", bytes, new byte[] {1, 'a'}, new byte[] {2, 1, 'a'}),
        sent(
            "prefix", LengthPrefixCoder.of(VarIntCoder.of()), new byte[] {1, 5}, new byte[] {1, 5}),
        sent("number", VarLongCoder.of(), new byte[] {5}, new byte[] {5}));
  }

  @Test
  void goNamesTheCoderInThePrefixWithWhichItEncodes() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(
        TestStream.create(LengthPrefixCoder.of(VarIntCoder.of())).advanceWatermarkToInfinity());
    RunnerApi.Pipeline.Builder proto = Protos.withSplittableReads(pipeline).toBuilder();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    components
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (transform.getSpec().getUrn().equals(TEST_STREAM)) {
                RunnerApi.PTransform.Builder stream = transform.toBuilder();
                stream
                    .getSpecBuilder()
                    .setPayload(inside(transform.getSpec().getPayload(), components));
                components.putTransforms(id, stream.build());
              }
            });
    StageGraph graph = PipelineTranslator.translate(proto.build(), TranslationOptions.harness());
    assertThat(text(graph.components(), events(graph))).isEqualTo("length_prefix<bytes>");
  }

  private static ByteString inside(ByteString payload, RunnerApi.ComponentsOrBuilder components) {
    try {
      RunnerApi.TestStreamPayload stream = RunnerApi.TestStreamPayload.parseFrom(payload);
      RunnerApi.Coder prefix = components.getCodersOrThrow(stream.getCoderId());
      return stream.toBuilder().setCoderId(prefix.getComponentCoderIds(0)).build().toByteString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A test of what a harness gets of an element that an SDK has encoded in a certain way. */
  private static <T> DynamicTest sent(String name, Coder<T> coder, byte[] sent, byte[] expected) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          StageGraph graph = graphOf(coder);
          CollectionSpec collection = graph.collections().values().iterator().next();
          Coder<Object> events = hydrate(graph.components(), events(graph));
          Object held = CoderUtils.decodeFromByteArray(events, sent);
          assertThat(encode(hydrate(graph.components(), collection.coderId()), held))
              .isEqualTo(expected);
        });
  }

  private static <T> String testStream(Coder<T> coder) {
    StageGraph graph = graphOf(coder);
    return text(graph.components(), events(graph));
  }

  /** The coder of the events of the one TestStream. */
  private static String events(StageGraph graph) {
    return ((Operation.TestStream) nodes(graph).get(0).operation()).payload().getCoderId();
  }

  private static <T> StageGraph graphOf(Coder<T> coder) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(TestStream.create(coder).advanceWatermarkToInfinity());
    return foreign(pipeline);
  }

  @Test
  void flattensOfDifferentCodersAreEncodedAlikeByTheHarness() {
    Pipeline pipeline = Pipeline.create();
    PCollectionList.of(pipeline.apply("Small", Create.of(1L)))
        .and(pipeline.apply("Big", Create.of(2L).withCoder(BigEndianLongCoder.of())))
        .apply("Both", Flatten.pCollections());
    StageGraph graph = foreign(pipeline);
    Node flatten = node(graph, "Both");
    assertThat(flatten.inputs())
        .extracting(input -> text(graph.components(), graph.collection(input).coderId()))
        .containsExactly("varint", "varint");
    assertThat(nodes(graph))
        .filteredOn(node -> node.operation() instanceof Operation.Harness)
        .flatExtracting(node -> ((Operation.Harness) node.operation()).parts())
        .extracting(part -> part.id().value())
        .contains("Both/Recode1")
        .doesNotContain("Both/Recode0");
  }

  @Test
  void windowsOfASdkAreOpaque() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Pairs", Create.of(KV.of("a", 1L)))
        .apply("Months", Window.into(CalendarWindows.months(1)))
        .apply("Group", GroupByKey.create());
    StageGraph graph = foreign(pipeline);
    CollectionSpec groups =
        graph.collection(node(graph, "Group").outputs().values().iterator().next());
    RunnerApi.Components components = graph.components();
    assertThat(
            components
                .getWindowingStrategiesOrThrow(groups.windowingStrategyId())
                .getWindowFn()
                .getUrn())
        .isEqualTo(OpaqueWindows.URN);
    String own = components.getPcollectionsOrThrow(groups.id().value()).getWindowingStrategyId();
    assertThat(components.getWindowingStrategiesOrThrow(own).getWindowFn().getUrn())
        .isEqualTo("beam:window_fn:serialized_java:v1");
    StageGraph direct = PipelineTranslator.translate(Protos.of(pipeline));
    assertThat(direct.collections().values())
        .noneMatch(
            collection ->
                direct
                    .components()
                    .getWindowingStrategiesOrThrow(collection.windowingStrategyId())
                    .getWindowFn()
                    .getUrn()
                    .equals(OpaqueWindows.URN));
  }

  private static StageGraph foreign(Pipeline pipeline) {
    return PipelineTranslator.translate(
        Protos.withSplittableReads(pipeline), TranslationOptions.harness());
  }

  private static Node node(StageGraph graph, String id) {
    return nodes(graph).stream()
        .filter(node -> node.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static List<Node> nodes(StageGraph graph) {
    return graph.stages().stream().flatMap(stage -> stage.nodes().stream()).toList();
  }

  private static String text(RunnerApi.Components components, String id) {
    RunnerApi.Coder coder = components.getCodersOrThrow(id);
    String name = coder.getSpec().getUrn().split(":", -1)[2];
    return coder.getComponentCoderIdsCount() == 0
        ? name
        : name
            + "<"
            + String.join(
                ",",
                coder.getComponentCoderIdsList().stream()
                    .map(part -> text(components, part))
                    .toList())
            + ">";
  }

  @SuppressWarnings("unchecked") // of any type
  private static Coder<Object> hydrate(RunnerApi.Components components, String id)
      throws IOException {
    return (Coder<Object>) RehydratedComponents.forComponents(components).getCoder(id);
  }

  private static byte[] encode(Coder<Object> coder, Object value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    coder.encode(value, out);
    return out.toByteArray();
  }
}
