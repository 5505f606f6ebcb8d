package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class TestStreamTest {
  private final ManualClock clock = new ManualClock(TestStreamController.CLOCK_START);
  private final TestStreamController controller = new TestStreamController(clock);

  @Test
  void deliversOneEventAStep() throws Exception {
    List<SourceLane> lanes =
        lanes(
            TestStream.create(StringUtf8Coder.of())
                .addElements(TimestampedValue.of("a", new Instant(5)), at("b", 6))
                .advanceWatermarkTo(new Instant(10))
                .advanceProcessingTime(Duration.millis(7))
                .advanceWatermarkToInfinity());
    SourceLane first = lanes.get(0);

    assertThat(lanes.get(1).watermark()).isEqualTo(Timestamps.MIN);
    assertThat(first.ready()).isFalse();

    assertThat(controller.step()).isTrue();
    assertThat(first.ready()).isTrue();
    assertThat(SourceBench.values(SourceBench.emit(first, SourceBench.elements(1))))
        .containsExactly("a");
    assertThat(first.ready()).isTrue();
    assertThat(SourceBench.values(SourceBench.emit(first, SourceBench.unlimited())))
        .containsExactly("b");
    assertThat(first.watermark()).isEqualTo(Timestamps.MIN);
    assertThat(first.ready()).isFalse();

    assertThat(controller.step()).isTrue();
    assertThat(first.ready()).isTrue();
    assertThat(first.watermark()).isEqualTo(Timestamps.MIN);
    assertThat(SourceBench.emit(first, SourceBench.unlimited())).isEmpty();
    assertThat(first.watermark()).isEqualTo(10);

    assertThat(controller.step()).isTrue();
    assertThat(clock.millis()).isEqualTo(TestStreamController.CLOCK_START + 7);

    assertThat(controller.step()).isTrue();
    SourceBench.emit(first, SourceBench.unlimited());
    assertThat(first.watermark()).isEqualTo(Timestamps.MAX);

    assertThat(controller.step()).isFalse();
  }

  @Test
  void theOtherLanesAreAtTheEndAfterTheirFirstTurn() throws Exception {
    SourceLane other = lanes(TestStream.create(StringUtf8Coder.of()).addElements("a")).get(1);

    assertThat(other.ready()).isTrue();
    assertThat(SourceBench.emit(other, SourceBench.unlimited())).isEmpty();
    assertThat(other.watermark()).isEqualTo(Timestamps.MAX);
  }

  @Test
  void severalStreamsMoveInStep() throws Exception {
    SourceLane left = lanes(TestStream.create(StringUtf8Coder.of()).addElements("a")).get(0);
    SourceLane right =
        lanes(
                TestStream.create(StringUtf8Coder.of())
                    .advanceProcessingTime(Duration.millis(3))
                    .addElements("b"))
            .get(0);

    controller.step();
    assertThat(SourceBench.values(SourceBench.emit(left, SourceBench.unlimited())))
        .containsExactly("a");
    assertThat(right.ready()).isFalse();
    assertThat(clock.millis()).isEqualTo(TestStreamController.CLOCK_START + 3);

    controller.step();
    assertThat(SourceBench.values(SourceBench.emit(right, SourceBench.unlimited())))
        .containsExactly("b");
  }

  @Test
  void aStreamThatDoesNotSaySoEndsAfterItsLastEvent() throws Exception {
    TestStream<String> ended =
        TestStream.create(StringUtf8Coder.of()).addElements("a").advanceWatermarkToInfinity();
    TestStream<String> endless =
        TestStream.fromRawEvents(StringUtf8Coder.of(), ended.getEvents().subList(0, 1));
    SourceLane lane = lanes(endless).get(0);

    controller.step();
    SourceBench.emit(lane, SourceBench.unlimited());
    assertThat(lane.watermark()).isEqualTo(Timestamps.MIN);

    assertThat(controller.step()).isTrue();
    SourceBench.emit(lane, SourceBench.unlimited());
    assertThat(lane.watermark()).isEqualTo(Timestamps.MAX);
    assertThat(controller.step()).isFalse();
  }

  @Test
  void drainingDropsTheEventsToCome() throws Exception {
    SourceLane lane =
        lanes(TestStream.create(StringUtf8Coder.of()).addElements("a").addElements("b")).get(0);
    controller.step();

    lane.drain();

    assertThat(SourceBench.values(SourceBench.emit(lane, SourceBench.unlimited())))
        .containsExactly("a");
    assertThat(lane.watermark()).isEqualTo(Timestamps.MAX);
    assertThat(controller.step()).isFalse();
  }

  private static TimestampedValue<String> at(String value, long millis) {
    return TimestampedValue.of(value, new Instant(millis));
  }

  private List<SourceLane> lanes(TestStream.Builder<String> stream) throws Exception {
    return lanes(stream.advanceWatermarkToInfinity());
  }

  private List<SourceLane> lanes(TestStream<String> stream) throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(stream);
    RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline);
    RunnerApi.PTransform transform =
        proto.getComponents().getTransformsMap().values().stream()
            .filter(
                candidate ->
                    candidate
                        .getSpec()
                        .getUrn()
                        .equals(PTransformTranslation.TEST_STREAM_TRANSFORM_URN))
            .findFirst()
            .orElseThrow();
    Operation operation =
        new Operation.TestStream(
            RunnerApi.TestStreamPayload.parseFrom(transform.getSpec().getPayload()));
    return controller.lanes(new SourceBench().context(operation, 2, proto.getComponents()));
  }
}
