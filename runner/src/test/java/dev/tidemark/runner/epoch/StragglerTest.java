package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  /**
   * Emits each position, and stays at the first one until other lanes have come to help; gives up
   * its turn now and then.
   */
  @DoFn.BoundedPerElement
  private static final class Stuck extends DoFn<String, Long> {
    private final long perTurn;

    Stuck(long perTurn) {
      this.perTurn = perTurn;
    }

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, LENGTH);
    }

    @SplitRestriction
    public void keepWhole(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
      parts.output(range);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output)
        throws InterruptedException {
      long from = tracker.currentRestriction().getFrom();
      for (long at = from; tracker.tryClaim(at); at++) {
        output.output(at);
        arrive();
        if (at - from == perTurn) {
          return ProcessContinuation.resume();
        }
      }
      return ProcessContinuation.stop();
    }
  }

  /** Its restriction refuses to be split; it stays at the first position until it has done so. */
  @DoFn.BoundedPerElement
  private static final class Indivisible extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, LENGTH);
    }

    @SplitRestriction
    public void keepWhole(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
      parts.output(range);
    }

    @NewTracker
    public Refusing tracker(@Restriction OffsetRange range) {
      return new Refusing(range);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output)
        throws InterruptedException {
      for (long at = tracker.currentRestriction().getFrom(); tracker.tryClaim(at); at++) {
        output.output(at);
        arrive();
      }
    }
  }

  /** Counts it as a lane that has come when it is asked to split. */
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

  /** Fails when another lane takes a part. */
  @DoFn.BoundedPerElement
  private static final class FailingWhenSplit extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, LENGTH);
    }

    @SplitRestriction
    public void keepWhole(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
      parts.output(range);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) throws InterruptedException {
      if (tracker.currentRestriction().getFrom() > 0) {
        lanesToCome.countDown();
        throw new IllegalStateException("a part fails");
      }
      if (tracker.tryClaim(0L)) {
        arrive();
        throw new IllegalStateException("the first part fails");
      }
    }
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
    run(lanes, new Stuck(perTurn));
    assertThat(LANES).hasSize(lanes);
  }

  @Test
  void whatCannotBeSplitStaysWhereItIs() {
    lanesToCome = new CountDownLatch(4);
    run(2, new Indivisible());
    assertThat(LANES).hasSize(1);
  }

  @Test
  void aFailureInEitherLaneEndsTheJob() {
    lanesToCome = new CountDownLatch(2);
    assertThatThrownBy(() -> run(2, new FailingWhenSplit())).hasStackTraceContaining("part fails");
  }
}
