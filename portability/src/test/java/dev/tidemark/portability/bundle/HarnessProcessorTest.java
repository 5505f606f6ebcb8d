package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;

/** Elements through a harness: outputs, failures, workers that are lost, finalization. */
final class HarnessProcessorTest {
  private static final long ELEMENTS = 2_000;

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(doubled()), "--lanes=2");

  private PCollection<Long> doubled() {
    return pipeline
        .apply(Create.of(LongStream.range(0, ELEMENTS).boxed().toList()))
        .apply(Redistribute.arbitrarily())
        .apply("Double", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private void doubleAll(ScriptedBundle bundle) throws Exception {
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      emitDoubled(bundle, (ScriptedBundle.Input.Elements) input);
    }
  }

  private void emitDoubled(ScriptedBundle bundle, ScriptedBundle.Input.Elements input)
      throws Exception {
    for (WindowedValue<Object> element : job.decode(bundle, input.bytes())) {
      job.emit(bundle, element.withValue(2 * (Long) element.getValue()));
    }
  }

  private static List<Long> expected() {
    return LongStream.range(0, ELEMENTS).map(i -> 2 * i).boxed().toList();
  }

  @Test
  void whatTheHarnessEmitsGoesOn() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              doubleAll(bundle);
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(workers.all()).hasSize(2);
  }

  @Test
  void theEndComesWithTheLastElements() throws Exception {
    AtomicInteger apart = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              doubleAll(bundle);
              if (!bundle.endsWithElements()) {
                apart.incrementAndGet();
              }
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(apart).hasValue(0);
  }

  @Test
  void smallLimitsMakeManyBundles() throws Exception {
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              bundles.incrementAndGet();
              doubleAll(bundle);
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(
            job.run(
                workers, new HarnessSettings(1, 1_000, 100, 100, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(bundles.get()).isGreaterThan(10);
  }

  @Test
  void aFailureNamesTheTransformAndKeepsTheTraceback() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle ->
                bundle.event(
                    new BundleEvent.Failed(
                        "Traceback: user.py line 3 [while running"
                            + " 'Double/ParMultiDo(Elsewhere)']")));

    Execution.End end = job.run(workers, HarnessSettings.DEFAULT);

    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    Execution.End.Failed failed = (Execution.End.Failed) end;
    assertThat(failed.transform()).isEqualTo("Double/ParMultiDo(Elsewhere)");
    assertThat(failed.cause()).hasMessageContaining("user.py line 3");
  }

  @Test
  void aBundleOfALostWorkerIsTriedOnAnotherAndNothingIsTwice() throws Exception {
    AtomicInteger lost = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              ScriptedBundle.Input first = bundle.next();
              if (first != null) {
                emitDoubled(bundle, (ScriptedBundle.Input.Elements) first);
              }
              if (lost.incrementAndGet() <= 3) {
                bundle.worker().die();
                bundle.event(new BundleEvent.Lost("killed"));
                return;
              }
              doubleAll(bundle);
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(
            job.run(
                workers, new HarnessSettings(4, 1_000, 100, 100, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(workers.all().size()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void aBundleThatLosesWorkerAfterWorkerFailsTheJob() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              bundle.worker().die();
              bundle.event(new BundleEvent.Lost("out of memory"));
            });

    Execution.End end = job.run(workers, HarnessSettings.DEFAULT);

    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    assertThat(((Execution.End.Failed) end).cause()).hasMessageContaining("out of memory");
  }

  @Test
  void nonsenseOfAWorkerIsALoss() throws Exception {
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (bundles.incrementAndGet() == 1) {
                bundle.output(
                    "no such sink", BeamFnApi.Elements.getDefaultInstance().toByteString());
                return;
              }
              doubleAll(bundle);
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void eachBundleThatAsksForItIsFinalizedOnceByItsWorker() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              doubleAll(bundle);
              job.done(
                  bundle,
                  BeamFnApi.ProcessBundleResponse.newBuilder()
                      .setRequiresFinalization(true)
                      .build());
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    for (ScriptedWorker worker : workers.all()) {
      assertThat(worker.finalized())
          .isNotEmpty()
          .doesNotHaveDuplicates()
          .allMatch(instruction -> instruction.startsWith(worker.id()));
    }
  }
}
