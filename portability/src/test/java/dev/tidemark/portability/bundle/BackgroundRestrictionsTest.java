package dev.tidemark.portability.bundle;

import static dev.tidemark.portability.bundle.ScriptedOffsets.emit;
import static dev.tidemark.portability.bundle.ScriptedOffsets.pair;
import static dev.tidemark.portability.bundle.ScriptedOffsets.pairs;
import static dev.tidemark.portability.bundle.ScriptedOffsets.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;

/** Splittable functions of a streaming job, in a harness, for which the only lane does not wait. */
final class BackgroundRestrictionsTest {
  private static final int PATIENCE_SECONDS = 30;

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<Long> offsets(String name, long... ends) {
    List<Long> elements = Arrays.stream(ends).boxed().toList();
    return pipeline
        .apply(name + " of", Create.of(elements))
        .apply(
            name,
            ParDo.of(new ScriptedOffsets.Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  private static ScriptedJob streaming(Pipeline pipeline, PCollection<?>... collected) {
    return new ScriptedJob(pipeline, List.of(collected), "--lanes=1", "--streaming");
  }

  private static void finish(ScriptedJob job, ScriptedBundle bundle) throws Exception {
    for (WindowedValue<Object> element : job.elements(bundle)) {
      emit(job, bundle, element, range(element).getFrom(), range(element).getTo());
    }
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  /** Each waits until the other one is at work, too. */
  @Test
  void twoFunctionsOfALaneAreAtWorkAtTheSameTime() throws Exception {
    ScriptedJob job = streaming(pipeline, offsets("One", 2), offsets("Other", 3));
    CountDownLatch both = new CountDownLatch(2);
    Set<String> known = ConcurrentHashMap.newKeySet();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              if (known.add(job.node(bundle).fullName())) {
                both.countDown();
              }
              assertThat(both.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
              finish(job, bundle);
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrder(0L, 1L, 0L, 1L, 2L);
  }

  @Test
  void whatALostWorkerHadIsTriedAgain() throws Exception {
    ScriptedJob job = streaming(pipeline, offsets("Offsets", 3));
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
              } else if (bundles.incrementAndGet() > 1) {
                finish(job, bundle);
              } else {
                emit(job, bundle, job.elements(bundle).get(0), 0, 2);
                bundle.awaitSplit();
                bundle.worker().die();
                bundle.event(new BundleEvent.Lost("killed"));
              }
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrder(0L, 1L, 2L);
    assertThat(job.warnings()).singleElement().asString().contains("Offsets", "killed");
  }

  @Test
  void aFailureNamesTheTransform() throws Exception {
    ScriptedJob job = streaming(pipeline, offsets("Offsets", 3));
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
              } else {
                bundle.event(new BundleEvent.Failed("bad luck"));
              }
            });

    Execution.End end = job.run(workers, HarnessSettings.DEFAULT);
    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    assertThat(((Execution.End.Failed) end).transform()).startsWith("Offsets");
    assertThat(((Execution.End.Failed) end).text()).contains("bad luck");
  }

  /** More than a message holds; a bundle takes no more than is sent at once. */
  @Test
  void manyRestrictionsAreSeveralBundles() throws Exception {
    long[] ones = new long[20];
    Arrays.fill(ones, 1);
    ScriptedJob job = streaming(pipeline, offsets("Offsets", ones));
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              bundles.incrementAndGet();
              finish(job, bundle);
            });
    HarnessSettings usual = HarnessSettings.DEFAULT;
    HarnessSettings small =
        new HarnessSettings(
            usual.maxAttempts(),
            usual.maxBundleBytes(),
            100,
            usual.pageBytes(),
            usual.largeIterableBytes(),
            usual.minProcessMillis(),
            usual.supervision());

    assertThat(job.run(workers, small)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).hasSize(20).containsOnly(0L);
    assertThat(bundles.get()).isGreaterThan(2);
  }
}
