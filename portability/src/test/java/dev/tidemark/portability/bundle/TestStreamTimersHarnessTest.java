package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Timers that a harness sets by the clock of its machine, in a job whose clock is a {@code
 * TestStream}'s.
 */
final class TestStreamTimersHarnessTest {
  private static final String FAMILY = "ts-timer";
  private static final Duration HOUR = Duration.standardHours(1);
  private static final long SLACK_MILLIS = Duration.standardMinutes(5).getMillis();

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(none()), "--streaming");

  /** What came, and how far from the hour that it should. */
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  private PCollection<String> none() {
    TestStream.Builder<KV<String, Long>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))
            .addElements(KV.of("key", 1L))
            .advanceProcessingTime(HOUR.dividedBy(2))
            .addElements(KV.of("other", 2L))
            .advanceProcessingTime(HOUR)
            .addElements(KV.of("other", 3L));
    return pipeline
        .apply(stream.advanceWatermarkToInfinity())
        .apply("Timers", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  @SuppressWarnings("unused") // the timer is declared for the proto
  private static final class Elsewhere extends DoFn<KV<String, Long>, String> {
    @TimerId("timer")
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }

    @OnTimer("timer")
    public void onTimer() {
      throw new AssertionError("called in the runner");
    }
  }

  private void setForAnHour(ScriptedBundle bundle, @Nullable Object key) throws IOException {
    long time = System.currentTimeMillis() + HOUR.getMillis();
    job.timer(
        bundle,
        FAMILY,
        new WireTimer(key, "", List.of(GlobalWindow.INSTANCE), false, time, 0, PaneInfo.NO_FIRING));
  }

  private void process(ScriptedBundle bundle, ScriptedBundle.Input input) throws Exception {
    if (input instanceof ScriptedBundle.Input.Elements elements) {
      for (WindowedValue<Object> element : job.decode(bundle, elements.bytes())) {
        KV<?, ?> kv = (KV<?, ?>) element.getValue();
        seen.add("element " + kv.getValue());
        if (kv.getValue().equals(1L)) {
          setForAnHour(bundle, kv.getKey());
        }
      }
    } else if (input instanceof ScriptedBundle.Input.Timers timers) {
      InputStream in = timers.bytes().newInput();
      while (in.available() > 0) {
        WireTimer timer = job.coding(bundle).timers().decode(in);
        // It was to come after an hour, of which the stream has made an hour and a half.
        long ago = System.currentTimeMillis() - timer.fireMillis();
        boolean half = Math.abs(ago - HOUR.getMillis() / 2) < SLACK_MILLIS;
        seen.add("timer for " + (half ? "half an hour" : ago + " ms") + " ago");
      }
    }
  }

  @Test
  void aDelayIsOneOfTheStreamsTime() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                process(bundle, input);
              }
              job.done(
                  bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance(), Set.of(FAMILY));
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(seen)
        .containsExactly("element 1", "element 2", "timer for half an hour ago", "element 3");
  }
}
