package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.StreamingOptions;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Draining a job by its handle. */
@Timeout(60)
class DrainedJobTest {
  private static final List<Object> SEEN = new CopyOnWriteArrayList<>();
  private static volatile CountDownLatch firstSeen = new CountDownLatch(1);
  private static volatile CountDownLatch drained = new CountDownLatch(1);

  @BeforeEach
  void forget() {
    SEEN.clear();
    firstSeen = new CountDownLatch(1);
    drained = new CountDownLatch(1);
  }

  /** Waits in its first element until the job is drained. */
  private static final class WaitForDrain<T> extends DoFn<T, T> {
    @ProcessElement
    public void process(@Element T element, OutputReceiver<T> output) throws InterruptedException {
      firstSeen.countDown();
      drained.await();
      output.output(element);
    }
  }

  private static final class See<T> extends DoFn<T, Void> {
    @ProcessElement
    public void process(@Element T element) {
      SEEN.add(element);
    }
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(TidemarkRunner.class);
    return Pipeline.create(options);
  }

  private static PipelineResult.State drain(Pipeline pipeline) throws InterruptedException {
    TidemarkPipelineResult result = (TidemarkPipelineResult) pipeline.run();
    firstSeen.await();
    result.drain();
    drained.countDown();
    return result.waitUntilFinish();
  }

  @Test
  void eventsOfATestStreamThatAreToComeAreDroppedAndWindowsFire() throws Exception {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(
            TestStream.create(StringUtf8Coder.of())
                .advanceWatermarkTo(Instant.EPOCH)
                .addElements("first")
                .addElements("second")
                .advanceWatermarkTo(Instant.EPOCH.plus(Duration.standardHours(1)))
                .addElements("third")
                .advanceWatermarkToInfinity())
        .apply(ParDo.of(new WaitForDrain<>()))
        .apply(Window.into(FixedWindows.of(Duration.standardDays(1))))
        .apply(Count.perElement())
        .apply(ParDo.of(new See<>()));
    assertThat(drain(pipeline)).isEqualTo(PipelineResult.State.DONE);
    assertThat(SEEN).containsExactly(KV.of("first", 1L));
  }

  @Test
  void anUnboundedSourceStops() throws Exception {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply(ParDo.of(new WaitForDrain<>()))
        .apply(Window.into(FixedWindows.of(Duration.standardDays(1))))
        .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
        .apply(ParDo.of(new See<>()));
    assertThat(drain(pipeline)).isEqualTo(PipelineResult.State.DONE);
    assertThat(SEEN).isNotEmpty();
  }

  @Test
  void aBoundedSourceIsReadToItsEnd() throws Exception {
    Pipeline pipeline = pipeline();
    pipeline.getOptions().as(StreamingOptions.class).setStreaming(true);
    pipeline
        .apply(GenerateSequence.from(0).to(300_000))
        .apply(ParDo.of(new WaitForDrain<>()))
        .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
        .apply(ParDo.of(new See<>()));
    assertThat(drain(pipeline)).isEqualTo(PipelineResult.State.DONE);
    assertThat(SEEN).containsExactly(300_000L);
  }
}
