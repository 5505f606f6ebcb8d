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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.junit.jupiter.api.Test;

/** TestStreams of several outputs, which only SDKs other than Java's can make. */
class TestStreamTranslationTest {

  @Test
  void eachOutputHasItsElementsOneByOneInStepWithTheOthers() {
    StageGraph graph =
        translate(
            elements("a", 2), watermark("b", 7), time(3), elements("b", 1), watermark("a", 9));
    assertThat(events(graph))
        .isEqualTo(
            Map.of(
                "Events/a", List.of("1 elements", "1 elements", "-", "time 3", "-", "watermark 9"),
                "Events/b", List.of("-", "-", "watermark 7", "-", "1 elements", "-")));
  }

  @Test
  void theOutputsAreTheCollectionsOfTheTags() {
    StageGraph graph = translate(elements("a", 2));
    assertThat(graph.stages().stream().flatMap(stage -> stage.nodes().stream()))
        .extracting(node -> node.outputs().toString())
        .containsExactlyInAnyOrder("{a=as}", "{b=bs}");
  }

  @Test
  void anEventOfNoOutputIsRefused() {
    assertThatThrownBy(() -> translate(elements("c", 1)))
        .isInstanceOf(UnsupportedPipelineException.class)
        .hasMessageContaining("\"Events\"")
        .hasMessageContaining("it has an event for \"c\", which is none of its outputs");
  }

  private static StageGraph translate(TestStreamPayload.Event... events) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Events", TestStream.create(VarLongCoder.of()).advanceWatermarkToInfinity());
    RunnerApi.Pipeline.Builder proto = Protos.of(pipeline).toBuilder();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    Map.Entry<String, RunnerApi.PTransform> entry =
        components.getTransformsMap().entrySet().stream()
            .filter(
                each ->
                    each.getValue()
                        .getSpec()
                        .getUrn()
                        .equals(PTransformTranslation.TEST_STREAM_TRANSFORM_URN))
            .findFirst()
            .orElseThrow();
    RunnerApi.PTransform.Builder stream = entry.getValue().toBuilder();
    RunnerApi.PCollection output =
        components.getPcollectionsOrThrow(stream.getOutputsMap().values().iterator().next());
    TestStreamPayload payload =
        TestStreamPayload.newBuilder()
            .setCoderId(output.getCoderId())
            .addAllEvents(Arrays.asList(events))
            .build();
    stream.getSpecBuilder().setPayload(payload.toByteString());
    stream.clearOutputs().putOutputs("b", "bs").putOutputs("a", "as");
    components
        .putPcollections("as", output)
        .putPcollections("bs", output)
        .putTransforms(entry.getKey(), stream.build());
    return PipelineTranslator.translate(proto.build(), TranslationOptions.harness());
  }

  private static Map<String, List<String>> events(StageGraph graph) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .collect(
            Collectors.toMap(
                node -> node.id().value(),
                node -> events(node).stream().map(TestStreamTranslationTest::text).toList()));
  }

  private static List<TestStreamPayload.Event> events(Node node) {
    return ((Operation.TestStream) node.operation()).payload().getEventsList();
  }

  private static String text(TestStreamPayload.Event event) {
    return switch (event.getEventCase()) {
      case ELEMENT_EVENT ->
          event.getElementEvent().getElementsCount() == 0
              ? "-"
              : event.getElementEvent().getElementsCount() + " elements";
      case WATERMARK_EVENT -> "watermark " + event.getWatermarkEvent().getNewWatermark();
      case PROCESSING_TIME_EVENT -> "time " + event.getProcessingTimeEvent().getAdvanceDuration();
      default -> "?";
    };
  }

  private static TestStreamPayload.Event elements(String tag, int count) {
    TestStreamPayload.Event.Builder event = TestStreamPayload.Event.newBuilder();
    event.getElementEventBuilder().setTag(tag);
    for (int i = 0; i < count; i++) {
      event.getElementEventBuilder().addElementsBuilder();
    }
    return event.build();
  }

  private static TestStreamPayload.Event watermark(String tag, long to) {
    TestStreamPayload.Event.Builder event = TestStreamPayload.Event.newBuilder();
    event.getWatermarkEventBuilder().setTag(tag).setNewWatermark(to);
    return event.build();
  }

  private static TestStreamPayload.Event time(long by) {
    TestStreamPayload.Event.Builder event = TestStreamPayload.Event.newBuilder();
    event.getProcessingTimeEventBuilder().setAdvanceDuration(by);
    return event.build();
  }
}
