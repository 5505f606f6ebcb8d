package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.translation.graph.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Duration;
import org.junit.jupiter.api.Test;

/** A splittable function in a harness, which emits all offsets from 0 up to its element. */
final class SplittableHarnessTest {
  private static final List<Long> ELEMENTS = List.of(3L, 10L, 7L);
  private static final int CLAIMS = 4;

  private final Pipeline pipeline = Pipeline.create();

  private PCollection<Long> offsets() {
    return pipeline
        .apply(Create.of(ELEMENTS))
        .apply("Offsets", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) {
      throw new AssertionError("called in the runner");
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element Long element) {
      throw new AssertionError("called in the runner");
    }
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

  private static void pair(ScriptedJob job, ScriptedBundle bundle) throws Exception {
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      for (WindowedValue<Object> element : elements(job, bundle, input)) {
        long end = (Long) element.getValue();
        job.emit(bundle, sized(element, end, new OffsetRange(0, end)));
      }
    }
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  private static List<WindowedValue<Object>> elements(
      ScriptedJob job, ScriptedBundle bundle, ScriptedBundle.Input input) throws IOException {
    return job.decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes());
  }

  /** The runner knows neither the coder of the restriction nor that of the estimator's state. */
  private static WindowedValue<?> sized(
      WindowedValue<Object> element, Object value, OffsetRange range) {
    byte[] restriction =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(range.getFrom()).putLong(range.getTo()).array();
    return element.withValue(KV.of(KV.of(value, KV.of(restriction, new byte[0])), 1.0));
  }

  private static KV<?, ?> paired(WindowedValue<Object> element) {
    return (KV<?, ?>) ((KV<?, ?>) element.getValue()).getKey();
  }

  private static OffsetRange range(WindowedValue<Object> element) {
    ByteBuffer restriction =
        ByteBuffer.wrap((byte[]) ((KV<?, ?>) paired(element).getValue()).getKey());
    return new OffsetRange(restriction.getLong(), restriction.getLong());
  }

  private static BeamFnApi.DelayedBundleApplication residual(
      ScriptedJob job, ScriptedBundle bundle, WindowedValue<Object> element, long from)
      throws IOException {
    WindowedValue<?> rest =
        sized(element, paired(element).getKey(), new OffsetRange(from, range(element).getTo()));
    return BeamFnApi.DelayedBundleApplication.newBuilder()
        .setRequestedTimeDelay(Duration.newBuilder().setNanos(1_000_000))
        .setApplication(
            BeamFnApi.BundleApplication.newBuilder()
                .setTransformId(job.plan(bundle).process())
                .setInputId("in")
                .setElement(ScriptedJob.encode(job.coding(bundle).input(), rest)))
        .build();
  }

  private static void emit(
      ScriptedJob job, ScriptedBundle bundle, WindowedValue<Object> element, long from, long to)
      throws IOException {
    for (long offset = from; offset < to; offset++) {
      job.emit(bundle, element.withValue(offset));
    }
  }

  private static boolean pairs(ScriptedJob job, ScriptedBundle bundle) {
    return ((Operation.Harness) job.node(bundle).operation()).root().operation()
        instanceof Operation.PairWithRestriction;
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
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                for (WindowedValue<Object> element : elements(job, bundle, input)) {
                  OffsetRange range = range(element);
                  long end = Math.min(range.getTo(), range.getFrom() + CLAIMS);
                  emit(job, bundle, element, range.getFrom(), end);
                  if (end < range.getTo()) {
                    response.addResidualRoots(residual(job, bundle, element, end));
                  }
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
              List<WindowedValue<Object>> elements = new ArrayList<>();
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                elements.addAll(elements(job, bundle, input));
              }
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
            .apply("Offsets", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
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
              List<WindowedValue<Object>> elements = new ArrayList<>();
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                elements.addAll(elements(job, bundle, input));
              }
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
            .apply("Offsets", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
    ScriptedJob job = new ScriptedJob(pipeline, List.of(offsets), "--lanes=1", "--streaming");
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (pairs(job, bundle)) {
                pair(job, bundle);
                return;
              }
              List<WindowedValue<Object>> elements = new ArrayList<>();
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                elements.addAll(elements(job, bundle, input));
              }
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

  private static BeamFnApi.BundleApplication primary(
      ScriptedJob job, ScriptedBundle bundle, WindowedValue<Object> element, long to)
      throws IOException {
    WindowedValue<?> part =
        sized(element, paired(element).getKey(), new OffsetRange(range(element).getFrom(), to));
    return BeamFnApi.BundleApplication.newBuilder()
        .setTransformId(job.plan(bundle).process())
        .setInputId("in")
        .setElement(ScriptedJob.encode(job.coding(bundle).input(), part))
        .build();
  }
}
