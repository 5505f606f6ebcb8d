package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** A timer in processing time that sets itself again, in a batch job whose input has ended. */
final class ProcessingTimersHarnessTest {
  private static final String FAMILY = "ts-timer";
  private static final int CALLS = 3;
  private static final long DELAY_MILLIS = 40;
  private static final List<String> KEYS = List.of("a", "b", "c", "d", "e");

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(fired()), "--lanes=2");
  private final ConcurrentHashMap<Object, AtomicInteger> calls = new ConcurrentHashMap<>();

  private PCollection<String> fired() {
    return pipeline
        .apply(Create.of(KEYS.stream().map(key -> KV.of(key, 1L)).toList()))
        .apply("Timers", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  @SuppressWarnings("unused") // the timer is declared for the proto
  private static final class Elsewhere extends DoFn<KV<String, Long>, String> {
    @TimerId("timer")
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process() {}

    @OnTimer("timer")
    public void onTimer() {}
  }

  private void set(ScriptedBundle bundle, Object key) throws IOException {
    long time = System.currentTimeMillis() + DELAY_MILLIS;
    job.timer(
        bundle,
        FAMILY,
        new WireTimer(key, "", List.of(GlobalWindow.INSTANCE), false, time, 0, PaneInfo.NO_FIRING));
  }

  private void fire(ScriptedBundle bundle, WireTimer timer) throws IOException {
    int call = calls.computeIfAbsent(timer.key(), any -> new AtomicInteger()).incrementAndGet();
    job.emit(
        bundle,
        WindowedValues.of(
            timer.key() + " " + call,
            Instant.ofEpochMilli(timer.holdMillis()),
            GlobalWindow.INSTANCE,
            PaneInfo.NO_FIRING));
    if (call < CALLS) {
      set(bundle, Objects.requireNonNull(timer.key()));
    }
  }

  @Test
  void isCalledBeforeTheJobEnds() throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                if (input instanceof ScriptedBundle.Input.Timers timers) {
                  InputStream in = timers.bytes().newInput();
                  while (in.available() > 0) {
                    fire(bundle, job.coding(bundle).timers().decode(in));
                  }
                } else if (input instanceof ScriptedBundle.Input.Elements elements) {
                  for (WindowedValue<Object> element : job.decode(bundle, elements.bytes())) {
                    set(bundle, ((KV<?, ?>) element.getValue()).getKey());
                  }
                }
              }
              job.done(
                  bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance(), Set.of(FAMILY));
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(String.class))
        .containsExactlyInAnyOrderElementsOf(
            KEYS.stream()
                .flatMap(key -> List.of(key + " 1", key + " 2", key + " 3").stream())
                .toList());
  }
}
