package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.Turns;
import dev.tidemark.runner.epoch.Execution;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lanes whose workers share an interpreter. */
@Timeout(60)
final class TurnsHarnessTest {
  private static final List<Long> ELEMENTS = LongStream.range(0, 1_000).boxed().toList();
  private static final int LONG_ENOUGH_MILLIS = 300;
  private static final int PATIENCE_SECONDS = 30;

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(elements()), "--lanes=2");
  private final CountDownLatch both = new CountDownLatch(2);
  private final AtomicInteger running = new AtomicInteger();
  private final ConcurrentHashMap<Integer, Boolean> seen = new ConcurrentHashMap<>();

  private PCollection<Long> elements() {
    return pipeline
        .apply(Create.of(ELEMENTS))
        .apply(Reshuffle.viaRandomKey())
        .apply("Elsewhere", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  /** Gives all other bundles the time to run beside this one. */
  private void run(ScriptedBundle bundle) throws Exception {
    List<WindowedValue<Object>> elements = job.elements(bundle);
    seen.put(running.incrementAndGet(), true);
    both.countDown();
    both.await(LONG_ENOUGH_MILLIS, TimeUnit.MILLISECONDS);
    running.decrementAndGet();
    job.emit(bundle, elements);
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  @Test
  void bundlesOfTwoLanesRunAtTheSameTime() throws Exception {
    assertThat(job.run(new ScriptedWorkers(this::run), HarnessSettings.DEFAULT))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(seen).containsOnlyKeys(1, 2);
  }

  @Test
  void bundlesWaitForTheirTurn() throws Exception {
    ScriptedWorkers workers = new ScriptedWorkers(this::run, Turns.oneAfterTheOther());
    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(seen).containsOnlyKeys(1);
    assertThat(workers.all()).hasSize(2);
  }

  @Test
  void aTurnEndsWithTheOutputsOfItsBundle() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              job.emit(bundle, job.elements(bundle));
              job.endOutputs(bundle);
              both.countDown();
              assertThat(both.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
              bundle.done(
                  BeamFnApi.ProcessBundleResponse.getDefaultInstance(), List.of(), List.of());
            },
            Turns.oneAfterTheOther());
    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
  }

  @Test
  void aTurnEndsWithItsBundleHoweverThatEnds() throws Exception {
    Turns turns = Turns.oneAfterTheOther();
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (bundles.incrementAndGet() == 1) {
                bundle.worker().die();
                bundle.event(new BundleEvent.Lost("killed"));
              } else {
                run(bundle);
              }
            },
            turns);
    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(turns.tryTake()).as("all turns have ended").isTrue();
  }
}
