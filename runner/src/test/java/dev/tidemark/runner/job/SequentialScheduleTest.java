package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs of {@code --sequentialSeed}. */
@Timeout(60)
class SequentialScheduleTest {
  private static final Set<Thread> THREADS = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void forget() {
    THREADS.clear();
  }

  /** Notes the thread. */
  private static final class Noting extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> output) {
      THREADS.add(Thread.currentThread());
      output.output(element);
    }
  }

  /** Polls a few times, a little later each, and notes the thread. */
  @DoFn.UnboundedPerElement
  private static final class Polling extends DoFn<Integer, Long> {
    @GetInitialRestriction
    public OffsetRange initialRestriction() {
      return new OffsetRange(0, 3);
    }

    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
      THREADS.add(Thread.currentThread());
      return tracker.tryClaim(tracker.currentRestriction().getFrom())
          ? ProcessContinuation.resume().withResumeDelay(Duration.millis(1))
          : ProcessContinuation.stop();
    }
  }

  private static void run(String... more) {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "--runner=TestTidemarkRunner";
    arguments[1] = "--lanes=4";
    System.arraycopy(more, 0, arguments, 2, more.length);
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
    pipeline
        .apply(Create.of(IntStream.range(0, 50).boxed().toList()))
        .apply(Reshuffle.viaRandomKey())
        .apply(ParDo.of(new Noting()))
        .apply(ParDo.of(new Polling()));
    pipeline.run();
  }

  @Test
  void oneThreadDoesEverything() {
    run("--sequentialSeed=7");
    assertThat(THREADS).hasSize(1);
  }

  @Test
  void otherwiseSeveralDo() {
    run();
    assertThat(THREADS.size()).isGreaterThan(1);
  }
}
