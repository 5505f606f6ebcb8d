package dev.tidemark.runner.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.schedule.ManualClock;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.PipelineTranslator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job with a store goes on after a failure, but not for ever. */
@Timeout(60)
class JobRetryTest {
  private static final int ELEMENTS = 50;
  private static final MetricName SEEN = MetricName.named("test", "seen");
  private static final AtomicInteger FAILURES = new AtomicInteger();
  private static final AtomicInteger SET_UP = new AtomicInteger();
  private static final AtomicInteger TORN_DOWN = new AtomicInteger();

  private static volatile Clock clock = Clock.SYSTEM;
  private static final List<Long> FAILED_AT = new CopyOnWriteArrayList<>();
  private static volatile CountDownLatch failed = new CountDownLatch(1);

  @BeforeEach
  void reset() {
    clock = Clock.SYSTEM;
    FAILED_AT.clear();
    failed = new CountDownLatch(1);
    FAILURES.set(0);
    SET_UP.set(0);
    TORN_DOWN.set(0);
  }

  /** Fails at the thirtieth element, as often as the test wants. */
  private static final class FailAtThirty extends DoFn<Long, Void> {
    private final Counter seen = Metrics.counter("test", "seen");

    @Setup
    public void setUp() {
      SET_UP.incrementAndGet();
    }

    @ProcessElement
    public void process(@Element Long element) {
      seen.inc();
      if (element == 30 && FAILURES.getAndDecrement() > 0) {
        FAILED_AT.add(clock.millis());
        failed.countDown();
        throw new IllegalStateException("thirty");
      }
    }

    @Teardown
    public void tearDown() {
      TORN_DOWN.incrementAndGet();
    }
  }

  private static EmbeddedExecution job(StateStore store, int retries) {
    return job(
        pipeline -> pipeline.apply(Read.from(CountingSource.upTo(ELEMENTS))),
        new Simulation(1L, 5, false, null, null),
        store,
        retries);
  }

  private static EmbeddedExecution job(
      Function<Pipeline, PCollection<Long>> numbers,
      Simulation simulation,
      StateStore store,
      int retries) {
    return job(numbers, simulation, store, retries, 0);
  }

  private static EmbeddedExecution job(
      Function<Pipeline, PCollection<Long>> numbers,
      Simulation simulation,
      StateStore store,
      int retries,
      long delayMillis) {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(true);
    options.setJobRetries(retries);
    options.setJobRetryDelayMillis(delayMillis);
    Pipeline pipeline = Pipeline.create(options);
    numbers.apply(pipeline).apply("FailAtThirty", ParDo.of(new FailAtThirty()));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    return EmbeddedExecution.create(
        PipelineTranslator.translate(
            PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false)),
        options,
        JobRetryTest.class.getClassLoader(),
        simulation,
        RunResources.of(store));
  }

  private static Execution.End run(EmbeddedExecution job) throws Exception {
    job.start();
    return job.ended().get(30, TimeUnit.SECONDS);
  }

  private static long seen(MetricsContainerStepMap metrics) {
    return metrics
        .getContainer("FailAtThirty/ParMultiDo(FailAtThirty)")
        .getCounter(SEEN)
        .getCumulative();
  }

  @Test
  void itGoesOnFromWhatIsCommitted() throws Exception {
    FAILURES.set(2);
    try (HeapStateStore store = new HeapStateStore()) {
      EmbeddedExecution job = job(store, 2);
      assertThat(run(job)).isEqualTo(new Execution.End.Done());
      assertThat(seen(job.committedMetrics())).isEqualTo(ELEMENTS);
      assertThat(seen(job.attemptedMetrics()))
          .as("discarded work counts, but not what was committed before it")
          .isBetween(ELEMENTS + 2L, ELEMENTS + 30L);
      assertThat(TORN_DOWN).hasValue(SET_UP.get());
    }
  }

  /** On real threads, which run ahead of the lanes. */
  @Test
  void sourcesAndSplittableFunctionsThatRunAheadAreReadAgain() throws Exception {
    FAILURES.set(2);
    try (HeapStateStore store = new HeapStateStore()) {
      EmbeddedExecution job =
          job(
              pipeline -> {
                PCollection<Long> fromSource =
                    pipeline.apply(
                        "Source",
                        Read.from(CountingSource.unbounded()).withMaxNumRecords(ELEMENTS));
                PCollection<Long> fromFunction =
                    pipeline
                        .apply(Create.of(1000, 2000))
                        .apply(ParDo.of(new Functions.TwentyFrom()))
                        .apply(MapElements.into(TypeDescriptors.longs()).via(Long::parseLong));
                return PCollectionList.of(fromSource)
                    .and(fromFunction)
                    .apply(Flatten.pCollections());
              },
              Simulation.NONE,
              store,
              2);
      assertThat(run(job)).isEqualTo(new Execution.End.Done());
      assertThat(FAILURES).hasValueLessThanOrEqualTo(0);
      assertThat(seen(job.committedMetrics())).isEqualTo(ELEMENTS + 40);
    }
  }

  @Test
  void itFailsInTheEndAndCanBeResumed() throws Exception {
    FAILURES.set(3);
    try (HeapStateStore store = new HeapStateStore()) {
      assertThat(run(job(store, 2)))
          .isInstanceOfSatisfying(
              Execution.End.Failed.class,
              end -> assertThat(end.cause()).hasMessageContaining("thirty"));
      assertThat(FAILURES).hasValue(0);
      EmbeddedExecution job = job(store, 0);
      assertThat(run(job)).isEqualTo(new Execution.End.Done());
      assertThat(seen(job.committedMetrics())).isEqualTo(ELEMENTS);
    }
  }

  /** Moves a clock until a job has ended; returns what it showed at each failure. */
  private static List<Long> failureTimes(ManualClock manual, EmbeddedExecution job) {
    job.start();
    while (!job.ended().isDone()) {
      manual.advance(10);
      Thread.yield();
    }
    return List.copyOf(FAILED_AT);
  }

  @Test
  void itWaitsLongerAfterEachFailure() throws Exception {
    FAILURES.set(4);
    try (HeapStateStore store = new HeapStateStore()) {
      ManualClock manual = new ManualClock(0);
      clock = manual;
      EmbeddedExecution job = waiting(manual, store, 4);
      List<Long> times = failureTimes(manual, job);
      assertThat(job.ended()).isCompletedWithValue(new Execution.End.Done());
      assertThat(times).hasSize(4);
      assertThat(times.get(1) - times.get(0)).isGreaterThanOrEqualTo(5_000);
      assertThat(times.get(2) - times.get(1)).isGreaterThanOrEqualTo(10_000);
      assertThat(times.get(3) - times.get(2)).isGreaterThanOrEqualTo(20_000);
    }
  }

  @Test
  void whoCancelsAJobThatWaitsNeedNotWait() throws Exception {
    FAILURES.set(1);
    try (HeapStateStore store = new HeapStateStore()) {
      ManualClock manual = new ManualClock(0);
      clock = manual;
      // The clock stands still.
      EmbeddedExecution job = waiting(manual, store, 1);
      job.start();
      assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
      job.cancel();
      assertThat(job.ended().get(30, TimeUnit.SECONDS)).isEqualTo(new Execution.End.Cancelled());
    }
  }

  private static EmbeddedExecution waiting(ManualClock manual, StateStore store, int retries) {
    return job(
        pipeline -> pipeline.apply(Read.from(CountingSource.upTo(ELEMENTS))),
        new Simulation(1L, 5, false, null, manual),
        store,
        retries,
        5_000);
  }

  @Test
  void aStoreThatFailedIsNotTriedAgain() throws Exception {
    AtomicLong committed = new AtomicLong();
    try (HeapStateStore store = new HeapStateStore()) {
      CrashingStore failing =
          new CrashingStore(
              committed::set, store, 3, false, what -> new StateException("disk full", null));
      assertThat(run(job(failing, 2)))
          .isInstanceOfSatisfying(
              Execution.End.Failed.class, end -> assertThat(end.cause()).hasMessage("disk full"));
      assertThat(committed).as("nothing after the commit that failed").hasValue(3);
      EmbeddedExecution job = job(store, 0);
      assertThat(run(job)).isEqualTo(new Execution.End.Done());
      assertThat(seen(job.committedMetrics())).isEqualTo(ELEMENTS);
    }
  }
}
