package dev.tidemark.translation.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class ForeignTriggersTest {

  @Test
  void aDelayIsOverWhenItsTimeIsReached() {
    assertThat(adapted(Repeatedly.forever(delay(5_000))))
        .isEqualTo(proto(Repeatedly.forever(delay(4_999))));
    assertThat(
            adapted(
                AfterWatermark.pastEndOfWindow()
                    .withEarlyFirings(AfterFirst.of(AfterPane.elementCountAtLeast(3), delay(7)))
                    .withLateFirings(delay(9))))
        .isEqualTo(
            proto(
                AfterWatermark.pastEndOfWindow()
                    .withEarlyFirings(AfterFirst.of(AfterPane.elementCountAtLeast(3), delay(6)))
                    .withLateFirings(delay(8))));
    assertThat(
            adapted(AfterEach.inOrder(delay(3), Repeatedly.forever(delay(2))).orFinally(delay(2))))
        .isEqualTo(
            proto(AfterEach.inOrder(delay(2), Repeatedly.forever(delay(1))).orFinally(delay(1))));
  }

  @Test
  void whatComesAfterTheFirstFiringIsNotLost() {
    assertThat(adapted(delay(5_000))).isEqualTo(proto(Repeatedly.forever(delay(4_999))));
  }

  @Test
  void othersStayAsTheyAre() {
    for (Trigger trigger :
        new Trigger[] {
          DefaultTrigger.of(),
          AfterPane.elementCountAtLeast(2),
          Repeatedly.forever(AfterProcessingTime.pastFirstElementInPane()),
          AfterWatermark.pastEndOfWindow()
        }) {
      assertThat(adapted(trigger)).isEqualTo(proto(trigger));
    }
  }

  private static Trigger.OnceTrigger delay(long millis) {
    return AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.millis(millis));
  }

  private static RunnerApi.Trigger proto(Trigger trigger) {
    return TriggerTranslation.toProto(trigger);
  }

  private static RunnerApi.Trigger adapted(Trigger trigger) {
    RunnerApi.Pipeline.Builder pipeline = RunnerApi.Pipeline.newBuilder();
    pipeline
        .getComponentsBuilder()
        .putWindowingStrategies(
            "windows", RunnerApi.WindowingStrategy.newBuilder().setTrigger(proto(trigger)).build());
    return ForeignTriggers.adapt(pipeline.build())
        .getComponents()
        .getWindowingStrategiesOrThrow("windows")
        .getTrigger();
  }
}
