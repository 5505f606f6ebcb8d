package dev.tidemark.runner.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.TimestampPrefixingWindowCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * Nothing that a client's pipeline holds is deserialized by what translates and runs it: all its
 * payloads run code when they are.
 */
final class ForeignPipelineTest {
  private static final AtomicInteger EXPLOSIONS = new AtomicInteger();

  /** Tells that it was deserialized. */
  private static final class Bomb implements Serializable {
    private static final long serialVersionUID = 1;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      EXPLOSIONS.incrementAndGet();
    }
  }

  private static final ByteString BOMB =
      ByteString.copyFrom(SerializableUtils.serializeToByteArray(new Bomb()));

  @Test
  void nothingIsDeserialized() throws Exception {
    EXPLOSIONS.set(0);
    StageGraph graph = PipelineTranslator.translate(pipeline(), TranslationOptions.harness());
    int hydrated = hydrate(graph);
    assertThat(hydrated).isGreaterThan(10);
    assertThat(EXPLOSIONS).hasValue(0);
  }

  @Test
  void theirPayloadsWouldRunCode() throws Exception {
    EXPLOSIONS.set(0);
    Throwable thrown = catchThrowable(() -> hydrate(PipelineTranslator.translate(pipeline())));
    assertThat(thrown).isNotNull();
    assertThat(EXPLOSIONS.get()).isPositive();
  }

  /** Makes Java objects of all that a lane may ask for; returns how many. */
  private static int hydrate(StageGraph graph) {
    Components components = new Components(graph);
    int count = 0;
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        assertThat(components.views(node)).hasSameSizeAs(node.sideInputs());
        count += node.sideInputs().size();
      }
    }
    for (var collection : graph.collections().keySet()) {
      assertThat(components.coder(collection)).isNotNull();
      assertThat(components.windowing(collection).getWindowFn().windowCoder()).isNotNull();
      count++;
    }
    return count;
  }

  private static RunnerApi.Pipeline pipeline() throws Exception {
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Integer>> pairs = pipeline.apply("Pairs", Create.of(KV.of("a", 1)));
    PCollectionView<Map<String, Iterable<Integer>>> map = pairs.apply(View.asMultimap());
    pairs
        .apply("Sum", Combine.perKey(Sum.ofIntegers()))
        .apply("Join", ParDo.of(new Same()).withSideInputs(map))
        .apply("Group", GroupByKey.create());
    RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline, false);
    RunnerApi.Components.Builder components = proto.getComponents().toBuilder();
    proto.getComponents().getCodersMap().forEach((id, coder) -> arm(components, id, coder));
    proto
        .getComponents()
        .getWindowingStrategiesMap()
        .forEach(
            (id, windowing) ->
                components.putWindowingStrategies(
                    id,
                    windowing.toBuilder()
                        .setWindowFn(bomb("beam:window_fn:serialized_java:v1"))
                        .build()));
    for (Map.Entry<String, RunnerApi.PTransform> entry :
        proto.getComponents().getTransformsMap().entrySet()) {
      components.putTransforms(entry.getKey(), armed(entry.getValue()));
    }
    return proto.toBuilder().setComponents(components).build();
  }

  private static void arm(
      RunnerApi.Components.Builder components, String id, RunnerApi.Coder coder) {
    String urn = coder.getSpec().getUrn();
    if (urn.equals("beam:coders:javasdk:0.1")) {
      components.putCoders(id, coder.toBuilder().setSpec(bomb(urn)).build());
    }
  }

  private static RunnerApi.PTransform armed(RunnerApi.PTransform transform) throws Exception {
    ByteString payload = transform.getSpec().getPayload();
    switch (transform.getSpec().getUrn()) {
      case "beam:transform:pardo:v1" -> {
        RunnerApi.ParDoPayload.Builder parDo =
            RunnerApi.ParDoPayload.parseFrom(payload).toBuilder();
        parDo.setDoFn(bomb("beam:dofn:javasdk:0.1"));
        RunnerApi.ParDoPayload.parseFrom(payload)
            .getSideInputsMap()
            .forEach(
                (tag, side) ->
                    parDo.putSideInputs(
                        tag,
                        side.toBuilder()
                            .setViewFn(bomb("beam:viewfn:javasdk:0.1"))
                            .setWindowMappingFn(bomb("beam:windowmappingfn:javasdk:0.1"))
                            .build()));
        payload = parDo.build().toByteString();
      }
      case "beam:transform:combine_per_key:v1" ->
          payload =
              RunnerApi.CombinePayload.parseFrom(payload).toBuilder()
                  .setCombineFn(bomb("beam:combinefn:javasdk:v1"))
                  .build()
                  .toByteString();
      default -> {
        return transform;
      }
    }
    RunnerApi.PTransform.Builder armed = transform.toBuilder();
    armed.getSpecBuilder().setPayload(payload);
    return armed.build();
  }

  private static RunnerApi.FunctionSpec bomb(String urn) {
    return RunnerApi.FunctionSpec.newBuilder().setUrn(urn).setPayload(BOMB).build();
  }

  private static final class Same extends DoFn<KV<String, Integer>, KV<String, Integer>> {
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, OutputReceiver<KV<String, Integer>> out) {
      out.output(element);
    }
  }

  @Test
  void opaqueWindowsAreEncodedLikeThoseOfASdk() throws Exception {
    IntervalWindow window =
        new IntervalWindow(Instant.ofEpochMilli(-5), Instant.ofEpochMilli(1_000));
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    TimestampPrefixingWindowCoder.of(asWindowCoder()).encode(window, sent);
    OpaqueWindow.Coder coder = new OpaqueWindow.Coder();
    OpaqueWindow held = coder.decode(new ByteArrayInputStream(sent.toByteArray()));
    assertThat(held.maxTimestamp()).isEqualTo(window.maxTimestamp());
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    coder.encode(held, back);
    assertThat(back.toByteArray()).isEqualTo(sent.toByteArray());
    assertThat(coder.decode(new ByteArrayInputStream(sent.toByteArray()))).isEqualTo(held);
  }

  private static org.apache.beam.sdk.coders.Coder<IntervalWindow> asWindowCoder() {
    return LengthPrefixCoder.of(IntervalWindow.getCoder());
  }
}
