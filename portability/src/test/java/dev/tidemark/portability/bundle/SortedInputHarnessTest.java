package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Input that a function in a harness wants sorted by time, with elements that come late. */
final class SortedInputHarnessTest {
  private static final long ALLOWED_LATENESS = 40;

  private final Pipeline pipeline = Pipeline.create();
  private final Queue<Long> seen = new ConcurrentLinkedQueue<>();

  /** Elements are their timestamps; negative numbers move the watermark there. */
  private PCollection<Long> sorted(long... events) {
    TestStream.Builder<KV<String, Long>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()));
    for (long event : events) {
      stream =
          event < 0
              ? stream.advanceWatermarkTo(Instant.ofEpochMilli(-event))
              : stream.addElements(
                  TimestampedValue.of(KV.of("key", event), Instant.ofEpochMilli(event)));
    }
    return pipeline
        .apply(stream.advanceWatermarkToInfinity())
        .apply(
            Window.<KV<String, Long>>into(FixedWindows.of(Duration.millis(1000)))
                .withAllowedLateness(Duration.millis(ALLOWED_LATENESS))
                .discardingFiredPanes())
        .apply("Sorted", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<KV<String, Long>, Long> {
    @StateId("last")
    @SuppressWarnings("unused") // it is declared for the proto
    private final StateSpec<ValueState<Long>> last = StateSpecs.value(VarLongCoder.of());

    @RequiresTimeSortedInput
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }

  /** Says whether the panes of a group are on time. */
  private static final class Timing extends DoFn<KV<String, Iterable<Long>>, String> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Long>> group, PaneInfo pane, OutputReceiver<String> out) {
      group.getValue().forEach(value -> out.output(pane.getTiming() + " " + value));
    }
  }

  /** Runs it; returns what has come out. */
  private <T> List<T> run(PCollection<T> collected, Class<T> type) throws Exception {
    ScriptedJob job = new ScriptedJob(pipeline, List.of(collected), "--lanes=2", "--streaming");
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              for (WindowedValue<Object> element : job.elements(bundle)) {
                Long value = (Long) ((KV<?, ?>) element.getValue()).getValue();
                seen.add(value);
                job.emit(bundle, element.withValue(value));
              }
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });
    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    return job.collected(type);
  }

  @Test
  void lateElementsAreSortedAsLongAsTheyAreAllowed() throws Exception {
    run(sorted(70, 90, 60, -65, 50, 30, -75, 80, 40, 35), Long.class);

    assertThat(seen).containsExactly(30L, 35L, 40L, 50L, 60L, 70L, 80L, 90L);
  }

  @Test
  void whatIsLaterThanAllowedIsDropped() throws Exception {
    run(sorted(70, -75, 34, 35, -200, 150, 160), Long.class);

    assertThat(seen).containsExactly(35L, 70L, 160L);
  }

  @Test
  void whatWaitsForItsTurnHoldsTheWatermark() throws Exception {
    PCollection<String> timings =
        sorted(995, -1010, 990, -1020)
            .apply(WithKeys.of("all"))
            .apply(GroupByKey.create())
            .apply("Timing", ParDo.of(new Timing()));

    assertThat(run(timings, String.class)).containsExactlyInAnyOrder("ON_TIME 995", "ON_TIME 990");
  }
}
