package dev.tidemark.portability.bundle;

import static dev.tidemark.portability.bundle.ScriptedOffsets.emit;
import static dev.tidemark.portability.bundle.ScriptedOffsets.pair;
import static dev.tidemark.portability.bundle.ScriptedOffsets.pairs;
import static dev.tidemark.portability.bundle.ScriptedOffsets.primary;
import static dev.tidemark.portability.bundle.ScriptedOffsets.range;
import static dev.tidemark.portability.bundle.ScriptedOffsets.residual;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;

/** A splittable function in a harness, which emits all offsets from 0 up to its element. */
final class SplittableHarnessTest {
  private static final List<Long> ELEMENTS = List.of(3L, 10L, 7L);
  private static final int CLAIMS = 4;

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<Long> offsets() {
    return pipeline
        .apply(Create.of(ELEMENTS))
        .apply(
            "Offsets",
            ParDo.of(new ScriptedOffsets.Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  private static List<Long> expected() {
    List<Long> offsets = new ArrayList<>();
    for (long element : ELEMENTS) {
      for (long offset = 0; offset < element; offset++) {
        offsets.add(offset);
      }
    }
    return offsets;
  }

  @Test
  void whatTheFunctionLeavesOverIsResumed() throws Exception {
    ScriptedJob job = new ScriptedJob(pipeline, List.of(offsets()), "--lanes=2");
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              BeamFnApi.ProcessBundleResponse.Builder response =
                  BeamFnApi.ProcessBundleResponse.newBuilder();
              for (WindowedValue<Object> element : job.elements(bundle)) {
                OffsetRange range = range(element);
                long end = Math.min(range.getTo(), range.getFrom() + CLAIMS);
                emit(job, bundle, element, range.getFrom(), end);
                if (end < range.getTo()) {
                  response.addResidualRoots(residual(job, bundle, element, end));
                }
              }
              job.done(bundle, response.build());
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void aStreamingJobSplitsWhatTakesLong() throws Exception {
    ScriptedJob job = new ScriptedJob(pipeline, List.of(offsets()), "--lanes=1", "--streaming");
    AtomicInteger splits = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              List<WindowedValue<Object>> elements = job.elements(bundle);
              WindowedValue<Object> first = elements.get(0);
              OffsetRange range = range(first);
              long end = Math.min(range.getTo(), range.getFrom() + CLAIMS);
              emit(job, bundle, first, range.getFrom(), end);
              if (end == range.getTo() && elements.size() == 1) {
                job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
                return;
              }
              bundle.awaitSplit();
              splits.incrementAndGet();
              BeamFnApi.ProcessBundleSplitResponse.Builder split =
                  BeamFnApi.ProcessBundleSplitResponse.newBuilder()
                      .addChannelSplits(
                          BeamFnApi.ProcessBundleSplitResponse.ChannelSplit.newBuilder()
                              .setTransformId(job.plan(bundle).source())
                              .setLastPrimaryElement(end < range.getTo() ? -1 : 0)
                              .setFirstResidualElement(1));
              if (end < range.getTo()) {
                split.addResidualRoots(residual(job, bundle, first, end));
              }
              bundle.event(new BundleEvent.Split(split.build()));
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(splits.get()).isGreaterThan(1);
  }

  /** The only element is split within; the worker is lost afterwards, with what it had kept. */
  @Test
  void anIdleLaneTakesAPartOfARestrictionAndTheRestIsTriedAgain() throws Exception {
    PCollection<Long> offsets =
        pipeline
            .apply(Create.of(10L))
            .apply(
                "Offsets",
                ParDo.of(new ScriptedOffsets.Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
    ScriptedJob job = new ScriptedJob(pipeline, List.of(offsets), "--lanes=2");
    AtomicInteger bundles = new AtomicInteger();
    List<OffsetRange> processed = new CopyOnWriteArrayList<>();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              List<WindowedValue<Object>> elements = job.elements(bundle);
              if (bundles.incrementAndGet() > 1) {
                for (WindowedValue<Object> element : elements) {
                  processed.add(range(element));
                  emit(job, bundle, element, range(element).getFrom(), range(element).getTo());
                }
                job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
                return;
              }
              bundle.awaitSplit();
              bundle.event(
                  new BundleEvent.Split(
                      BeamFnApi.ProcessBundleSplitResponse.newBuilder()
                          .addPrimaryRoots(primary(job, bundle, elements.get(0), CLAIMS))
                          .addResidualRoots(residual(job, bundle, elements.get(0), CLAIMS))
                          .addChannelSplits(
                              BeamFnApi.ProcessBundleSplitResponse.ChannelSplit.newBuilder()
                                  .setTransformId(job.plan(bundle).source())
                                  .setLastPrimaryElement(-1)
                                  .setFirstResidualElement(1))
                          .build()));
              bundle.worker().die();
              bundle.event(new BundleEvent.Lost("killed"));
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class))
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(processed)
        .containsExactlyInAnyOrder(new OffsetRange(0, CLAIMS), new OffsetRange(CLAIMS, 10));
  }

  /** The answers come on one stream, from different threads of the harness. */
  @Test
  void theAnswerToASplitMayComeAfterTheResponse() throws Exception {
    PCollection<Long> offsets =
        pipeline
            .apply(Create.of(10L))
            .apply(
                "Offsets",
                ParDo.of(new ScriptedOffsets.Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
    ScriptedJob job = new ScriptedJob(pipeline, List.of(offsets), "--lanes=1", "--streaming");
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              List<WindowedValue<Object>> elements = job.elements(bundle);
              WindowedValue<Object> element = elements.get(0);
              OffsetRange range = range(element);
              if (range.getFrom() > 0) {
                emit(job, bundle, element, range.getFrom(), range.getTo());
                job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
                return;
              }
              bundle.awaitSplit();
              emit(job, bundle, element, 0, CLAIMS);
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
              bundle.event(
                  new BundleEvent.Split(
                      BeamFnApi.ProcessBundleSplitResponse.newBuilder()
                          .addPrimaryRoots(primary(job, bundle, element, CLAIMS))
                          .addResidualRoots(residual(job, bundle, element, CLAIMS))
                          .build()));
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class))
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }
}
