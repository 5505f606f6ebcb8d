package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.junit.jupiter.api.Test;

/** Bundles of a batch job that take long while another lane has nothing to do. */
final class StragglerHarnessTest {
  private static final List<Long> ELEMENTS = LongStream.range(0, 1_000).boxed().toList();
  private static final int DONE = 300;

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(slow()), "--lanes=2");

  private PCollection<Long> slow() {
    return pipeline
        .apply(Create.of((long) ELEMENTS.size()))
        .apply("InOneLane", ParDo.of(new Numbers()))
        .apply("Slow", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** All from one element, so that they are in one lane. */
  private static final class Numbers extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long count, OutputReceiver<Long> out) {
      LongStream.range(0, count).forEach(out::output);
    }
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private List<WindowedValue<Object>> read(ScriptedBundle bundle) throws Exception {
    List<WindowedValue<Object>> elements = new ArrayList<>();
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      elements.addAll(job.decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes()));
    }
    return elements;
  }

  private void finish(ScriptedBundle bundle, List<WindowedValue<Object>> elements)
      throws Exception {
    job.emit(bundle, elements);
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  /** An answer that names the input, or not: Java's harness does not. */
  private static BundleEvent split(String source, int kept) {
    return new BundleEvent.Split(
        ProcessBundleSplitResponse.newBuilder()
            .addChannelSplits(
                ProcessBundleSplitResponse.ChannelSplit.newBuilder()
                    .setTransformId(source)
                    .setLastPrimaryElement(kept - 1)
                    .setFirstResidualElement(kept))
            .build());
  }

  private static BeamFnApi.ProcessBundleSplitRequest.DesiredSplit desired(
      BeamFnApi.ProcessBundleSplitRequest request) {
    return request.getDesiredSplitsMap().values().iterator().next();
  }

  @Test
  void anIdleLaneTakesWhatALongBundleHasNotBegun() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              List<WindowedValue<Object>> elements = read(bundle);
              if (bundles.incrementAndGet() > 1) {
                taken.countDown();
                finish(bundle, elements);
                return;
              }
              BeamFnApi.ProcessBundleSplitRequest request = bundle.awaitSplit();
              assertThat(desired(request).getEstimatedInputElements()).isEqualTo(ELEMENTS.size());
              assertThat(desired(request).getFractionOfRemainder()).isEqualTo(0.5);
              bundle.event(split(job.plan(bundle).source(), DONE));
              taken.await();
              finish(bundle, elements.subList(0, DONE));
            });

    assertThat(
            job.run(
                workers,
                new HarnessSettings(1, 1 << 20, 100, 100, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(workers.all()).hasSize(2);
  }

  /** The second split is of what the first has left. */
  @Test
  void whatIsLeftIsSplitAgainAndTriedAgainWhenTheWorkerIsLost() throws Exception {
    AtomicInteger bundles = new AtomicInteger();
    List<Integer> sizes = new ArrayList<>();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              List<WindowedValue<Object>> elements = read(bundle);
              if (bundles.incrementAndGet() > 1) {
                synchronized (sizes) {
                  sizes.add(elements.size());
                }
                finish(bundle, elements);
                return;
              }
              bundle.awaitSplit();
              bundle.event(split("", 2 * DONE));
              bundle.awaitSplit();
              bundle.event(split("", DONE));
              job.emit(bundle, elements.subList(0, DONE));
              bundle.worker().die();
              bundle.event(new BundleEvent.Lost("killed"));
            });

    assertThat(
            job.run(
                workers,
                new HarnessSettings(2, 1 << 20, 100, 100, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(sizes).containsExactlyInAnyOrder(ELEMENTS.size() - 2 * DONE, DONE, DONE);
  }

  @Test
  void anEmptyAnswerLeavesTheBundleAsItIs() throws Exception {
    AtomicInteger bundles = new AtomicInteger();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              List<WindowedValue<Object>> elements = read(bundle);
              bundles.incrementAndGet();
              bundle.awaitSplit();
              bundle.event(new BundleEvent.Split(ProcessBundleSplitResponse.getDefaultInstance()));
              finish(bundle, elements);
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(bundles).hasValue(1);
  }
}
