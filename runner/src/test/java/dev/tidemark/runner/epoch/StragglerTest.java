package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batch jobs of several lanes with a single large restriction. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StragglerTest {
  private static final long LENGTH = 1_000;
  private static final Map<Thread, Boolean> LANES = new ConcurrentHashMap<>();
  private static volatile CountDownLatch lanesToCome = new CountDownLatch(0);

  @BeforeEach
  void forget() {
    LANES.clear();
  }

  private static Pipeline pipeline(int lanes) {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs("--runner=TestTidemarkRunner", "--parallelism=" + lanes)
            .create());
  }

  private static void arrive() throws InterruptedException {
    if (LANES.put(Thread.currentThread(), true) == null) {
      lanesToCome.countDown();
    }
    if (!lanesToCome.await(1, TimeUnit.MINUTES)) {
      throw new AssertionError("no other lane has come to help");
    }
  }

  /** What is done with a restriction. */
  private interface Body extends Serializable {
    ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output)
        throws InterruptedException;
  }

  /** Has one large restriction, which nobody splits before its processing begins. */
  @DoFn.BoundedPerElement
  private static final class OneLarge extends DoFn<String, Long> {
    private final boolean divisible;
    private final Body body;

    OneLarge(boolean divisible, Body body) {
      this.divisible = divisible;
      this.body = body;
    }

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, LENGTH);
    }

    @SplitRestriction
    public void keepWhole(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
      parts.output(range);
    }

    @NewTracker
    public OffsetRangeTracker tracker(@Restriction OffsetRange range) {
      return divisible ? new OffsetRangeTracker(range) : new Refusing(range);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output)
        throws InterruptedException {
      return body.process(tracker, output);
    }
  }

  /** Cannot be split; whoever asks counts as a lane that has come. */
  private static final class Refusing extends OffsetRangeTracker {
    Refusing(OffsetRange range) {
      super(range);
    }

    @Override
    @SuppressWarnings("NullAway") // null says no, by contract
    public SplitResult<OffsetRange> trySplit(double fractionOfRemainder) {
      lanesToCome.countDown();
      return null;
    }
  }

  /**
   * Emits each position, and stays at the first one until other lanes have come; gives up its turn
   * now and then.
   */
  private static Body emitting(long perTurn) {
    return (tracker, output) -> {
      long from = tracker.currentRestriction().getFrom();
      for (long at = from; tracker.tryClaim(at); at++) {
        output.output(at);
        arrive();
        if (at - from == perTurn) {
          return ProcessContinuation.resume();
        }
      }
      return ProcessContinuation.stop();
    };
  }

  /** Fails in either lane when another one takes a part. */
  private static Body failing() {
    return (tracker, output) -> {
      if (tracker.tryClaim(tracker.currentRestriction().getFrom())) {
        arrive();
      }
      throw new IllegalStateException("part fails");
    };
  }

  private static Iterable<Long> positions() {
    return LongStream.range(0, LENGTH).boxed().toList();
  }

  private static void run(int lanes, DoFn<String, Long> function) {
    Pipeline pipeline = pipeline(lanes);
    PCollection<Long> output = pipeline.apply(Create.of("a")).apply(ParDo.of(function));
    PAssert.that(output).containsInAnyOrder(positions());
    pipeline.run();
  }

  @ParameterizedTest
  @CsvSource({"2,1000", "4,1000", "2,70", "4,70"})
  void lanesWithNothingToDoTakePartOfTheOthersRestriction(int lanes, long perTurn) {
    lanesToCome = new CountDownLatch(lanes);
    run(lanes, new OneLarge(true, emitting(perTurn)));
    assertThat(LANES).hasSize(lanes);
  }

  @Test
  void whatCannotBeSplitStaysWhereItIs() {
    lanesToCome = new CountDownLatch(4);
    run(2, new OneLarge(false, emitting(LENGTH)));
    assertThat(LANES).hasSize(1);
  }

  @Test
  void aFailureInEitherLaneEndsTheJob() {
    lanesToCome = new CountDownLatch(2);
    assertThatThrownBy(() -> run(2, new OneLarge(true, failing())))
        .hasStackTraceContaining("part fails");
  }
}
