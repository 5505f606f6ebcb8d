package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of {@code --adversarialSeed}: what is nasty about them, and what it must not change. */
@Timeout(60)
class AdversarialScheduleTest {
  private static final int ELEMENTS = 50;
  private static final List<Integer> BUNDLES = new CopyOnWriteArrayList<>();

  @BeforeEach
  void forget() {
    BUNDLES.clear();
  }

  private static Pipeline pipeline(long seed, String... more) {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "--runner=TestTidemarkRunner";
    arguments[1] = "--adversarialSeed=" + seed;
    System.arraycopy(more, 0, arguments, 2, more.length);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
  }

  /** Notes how many elements each bundle has. */
  private static final class Bundles extends DoFn<Integer, Void> {
    private int elements;

    @StartBundle
    public void start() {
      elements = 0;
    }

    @ProcessElement
    public void process() {
      elements++;
    }

    @FinishBundle
    public void finish() {
      BUNDLES.add(elements);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void bundlesAreTiny(long seed) {
    Pipeline pipeline = pipeline(seed);
    pipeline
        .apply(Create.of(IntStream.range(0, ELEMENTS).boxed().toList()))
        .apply(ParDo.of(new Bundles()));
    pipeline.run();
    assertThat(BUNDLES).allMatch(size -> size <= 3);
    assertThat(BUNDLES.stream().mapToInt(Integer::intValue).sum()).isEqualTo(ELEMENTS);
  }

  /** Emits one number at a time and is resumed for the next. */
  @DoFn.UnboundedPerElement
  private static final class Slow extends DoFn<Integer, Long> {
    @GetInitialRestriction
    public OffsetRange initialRestriction() {
      return new OffsetRange(0, ELEMENTS);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> output) {
      long position = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(position)) {
        return ProcessContinuation.stop();
      }
      output.output(position);
      return ProcessContinuation.resume();
    }
  }

  /** Another lane may long have let its watermark pass. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void whatIsLeftOfASplittableElementIsRestoredInItsLane(long seed) {
    Pipeline pipeline = pipeline(seed, "--lanes=4");
    PAssert.thatSingleton(
            pipeline
                .apply(Create.of(1))
                .apply(ParDo.of(new Slow()))
                .apply(Window.<Long>configure().triggering(Never.ever()).discardingFiredPanes())
                .apply(Count.globally()))
        .isEqualTo((long) ELEMENTS);
    pipeline.run();
  }

  @Test
  void aFailureNamesTheSeed() {
    Pipeline pipeline = pipeline(42);
    PAssert.that(pipeline.apply(Create.of(1))).containsInAnyOrder(2);
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(AssertionError.class)
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .contains("the schedule was that of --adversarialSeed=42"));
  }
}
