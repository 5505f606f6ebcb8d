package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unbounded splittable functions do not wait for the functions behind them. */
@Timeout(60)
class BusyLaneTest {
  private static final int POLLS = 10;
  private static volatile CountDownLatch polls = new CountDownLatch(POLLS);
  private static volatile boolean polledMeanwhile;

  @BeforeEach
  void forget() {
    polls = new CountDownLatch(POLLS);
    polledMeanwhile = false;
  }

  /** Emits its element at once, and then only polls, every millisecond, until it has done so. */
  @DoFn.UnboundedPerElement
  private static final class Watching extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, POLLS);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> output) {
      long poll = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(poll)) {
        return ProcessContinuation.stop();
      }
      if (poll == 0) {
        output.output(element);
      }
      polls.countDown();
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(1));
    }
  }

  /** Keeps the lane busy until there were enough polls. */
  private static final class AwaitPolls extends DoFn<String, Void> {
    @ProcessElement
    public void process() throws InterruptedException {
      polledMeanwhile = polls.await(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aFunctionThatWatchesIsCalledInTimeWhileItsLaneIsBusy() {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=TidemarkRunner", "--parallelism=1").create());
    pipeline
        .apply(Create.of("file"))
        .apply("Watch", ParDo.of(new Watching()))
        .apply("Act", ParDo.of(new AwaitPolls()));
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(polledMeanwhile).isTrue();
  }
}
