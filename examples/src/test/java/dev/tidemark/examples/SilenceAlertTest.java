package dev.tidemark.examples;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class SilenceAlertTest {
  @Test
  void everyReadingMovesTheTimerOn() {
    Pipeline pipeline = Runner.pipeline();
    PCollection<KV<String, String>> alerts =
        pipeline
            .apply(
                TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
                    .advanceWatermarkTo(second(0))
                    .addElements(reading("a", 0), reading("b", 1))
                    .advanceWatermarkTo(second(9))
                    .addElements(reading("a", 9))
                    .advanceWatermarkTo(second(12)) // b has been silent since 1
                    .addElements(reading("b", 13))
                    .advanceWatermarkTo(second(18))
                    .addElements(reading("a", 18))
                    .advanceWatermarkToInfinity())
            .apply(ParDo.of(new SilenceAlert(Duration.standardSeconds(10))));

    PAssert.that(alerts)
        .containsInAnyOrder(
            KV.of("b", "silent since 1000 after 1 readings"),
            KV.of("b", "silent since 13000 after 1 readings"),
            KV.of("a", "silent since 18000 after 3 readings"));
    Runner.run(pipeline);
  }

  private static Instant second(int second) {
    return Instant.ofEpochMilli(second * 1000L);
  }

  private static TimestampedValue<KV<String, Integer>> reading(String meter, int second) {
    return TimestampedValue.of(KV.of(meter, second), second(second));
  }
}
