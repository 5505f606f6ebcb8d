package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Bundles that take long: workers that are silent, that say how far they are, or never end. */
final class SupervisionTest {
  private static final String TRANSFORM = "Slow/ParMultiDo(Elsewhere)";
  private static final List<Long> ELEMENTS = LongStream.range(0, 20).boxed().toList();
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration OFTEN = Duration.ofMillis(1);

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(slow()), "--lanes=1");

  private PCollection<Long> slow() {
    return pipeline
        .apply(Create.of(ELEMENTS))
        .apply("Slow", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  private static HarnessSettings watched(Duration silence, Duration slow, Duration limit) {
    return HarnessSettings.DEFAULT.with(new Supervision(OFTEN, silence, slow, limit));
  }

  private void copyAll(ScriptedBundle bundle) throws Exception {
    List<WindowedValue<Object>> elements = new ArrayList<>();
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      elements.addAll(job.decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes()));
    }
    for (WindowedValue<Object> element : elements) {
      job.emit(bundle, element);
    }
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  @Test
  void aWorkerThatSaysNothingIsGivenUpAndTheBundleTriedAgain() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (first.getAndSet(false)) {
                bundle.reports(null);
              } else {
                copyAll(bundle);
              }
            });

    assertThat(job.run(workers, watched(Duration.ofMillis(20), NEVER, Duration.ZERO)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(Long.class)).containsExactlyInAnyOrderElementsOf(ELEMENTS);
    assertThat(workers.all()).hasSize(2);
    assertThat(workers.all().get(0).alive()).isFalse();
    assertThat(job.warnings()).anyMatch(text -> text.contains("It has said nothing"));
  }

  @Test
  void workersThatAreSilentOneAfterTheOtherFailTheJob() throws Exception {
    ScriptedWorkers workers = new ScriptedWorkers(bundle -> bundle.reports(null));

    Execution.End end = job.run(workers, watched(Duration.ofMillis(20), NEVER, Duration.ZERO));

    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    Execution.End.Failed failed = (Execution.End.Failed) end;
    assertThat(failed.transform()).isEqualTo(TRANSFORM);
    assertThat(failed.cause()).hasMessageContaining("lost 4 times").hasMessageContaining("said");
  }

  @Test
  void aFunctionMayTakeAnyTimeAsLongAsItsWorkerAnswersAndIsReportedWithItsStatus()
      throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              while (job.warnings().size() < 3) {
                Thread.onSpinWait();
              }
              copyAll(bundle);
            });

    assertThat(
            job.run(workers, watched(Duration.ofMillis(500), Duration.ofMillis(5), Duration.ZERO)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(workers.all()).hasSize(1);
    assertThat(job.warnings())
        .allMatch(
            text ->
                text.startsWith(TRANSFORM + ": a bundle has been running for ")
                    && text.endsWith("status of " + workers.all().get(0).id()));
  }

  @Test
  void aBundleThatExceedsItsTimeIsTriedAgainAndThenFailsTheJob() throws Exception {
    ScriptedWorkers workers = new ScriptedWorkers(bundle -> {});

    Execution.End end = job.run(workers, watched(Duration.ZERO, NEVER, Duration.ofMillis(20)));

    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    assertThat(((Execution.End.Failed) end).cause())
        .hasMessageContaining("A bundle has not come to its end in 20 ms");
    assertThat(workers.all()).hasSize(4);
  }

  private static BeamFnApi.ProcessBundleProgressResponse counted(byte value) {
    return BeamFnApi.ProcessBundleProgressResponse.newBuilder()
        .addMonitoringInfos(counter(value))
        .build();
  }

  private static MonitoringInfo counter(byte value) {
    return MonitoringInfo.newBuilder()
        .setUrn("beam:metric:user:sum_int64:v1")
        .setType("beam:metrics:sum_int64:v1")
        .putLabels("PTRANSFORM", TRANSFORM)
        .putLabels("NAMESPACE", "test")
        .putLabels("NAME", "seen")
        .setPayload(ByteString.copyFrom(new byte[] {value}))
        .build();
  }

  @Test
  void whatABundleHasCountedShowsWhileItRunsAndIsGoneWhenItsWorkerIs() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (first.getAndSet(false)) {
                bundle.reports(counted((byte) 7));
                awaitShown(Map.of(TRANSFORM, List.of(counter((byte) 7))));
                bundle.reports(counted((byte) 9));
                awaitShown(Map.of(TRANSFORM, List.of(counter((byte) 9))));
                bundle.reports(null);
              } else {
                assertThat(job.metricsInHand().byTransform()).isEmpty();
                lost.countDown();
                copyAll(bundle);
              }
            });

    assertThat(job.run(workers, watched(Duration.ofMillis(50), NEVER, Duration.ZERO)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(lost.getCount()).isZero();
    assertThat(job.metricsInHand().byTransform()).isEmpty();
  }

  private void awaitShown(Map<String, List<MonitoringInfo>> expected) {
    while (!job.metricsInHand().byTransform().equals(expected)) {
      Thread.onSpinWait();
    }
  }
}
