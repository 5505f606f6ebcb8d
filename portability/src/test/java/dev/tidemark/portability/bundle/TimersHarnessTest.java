package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Timers of a key that depend on each other, though all of them are due at once. */
final class TimersHarnessTest {
  private static final List<String> KEYS = IntStream.range(0, 30).mapToObj(i -> "key" + i).toList();
  private static final String FIRST = "ts-first";
  private static final String SECOND = "ts-second";
  private static final String THIRD = "ts-third";

  private final Pipeline pipeline = Pipeline.create();
  private final ScriptedJob job = new ScriptedJob(pipeline, List.of(fired()), "--lanes=2");

  private PCollection<String> fired() {
    return pipeline
        .apply(Create.of(KEYS.stream().map(key -> KV.of(key, 1L)).toList()))
        .apply("Timers", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  /** Never called: its harness is a script. */
  @SuppressWarnings("unused") // timers are declared for the proto
  private static final class Elsewhere extends DoFn<KV<String, Long>, String> {
    @TimerId("first")
    private final TimerSpec first = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("second")
    private final TimerSpec second = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("third")
    private final TimerSpec third = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process() {}

    @OnTimer("first")
    public void onFirst() {}

    @OnTimer("second")
    public void onSecond() {}

    @OnTimer("third")
    public void onThird() {}
  }

  private void set(ScriptedBundle bundle, @Nullable Object key, String family, long time)
      throws IOException {
    job.timer(
        bundle,
        family,
        new WireTimer(
            key, "", List.of(GlobalWindow.INSTANCE), false, time, time, PaneInfo.NO_FIRING));
  }

  private void clear(ScriptedBundle bundle, @Nullable Object key, String family)
      throws IOException {
    job.timer(
        bundle,
        family,
        new WireTimer(key, "", List.of(GlobalWindow.INSTANCE), true, 0, 0, PaneInfo.NO_FIRING));
  }

  private void emit(ScriptedBundle bundle, String family, WireTimer timer) throws IOException {
    job.emit(
        bundle,
        WindowedValues.of(
            timer.key() + " " + family + " " + timer.fireMillis(),
            Instant.ofEpochMilli(timer.holdMillis()),
            GlobalWindow.INSTANCE,
            PaneInfo.NO_FIRING));
  }

  /** What a script does for a key, or when a timer is called. */
  private interface Callbacks {
    void element(ScriptedBundle bundle, @Nullable Object key) throws IOException;

    void timer(ScriptedBundle bundle, String family, WireTimer timer) throws IOException;
  }

  /** Runs it; returns what has come out, in the order in which it came. */
  private List<String> run(Callbacks callbacks) throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                if (input instanceof ScriptedBundle.Input.Timers timers) {
                  InputStream in = timers.bytes().newInput();
                  while (in.available() > 0) {
                    WireTimer timer = job.coding(bundle).timers().decode(in);
                    emit(bundle, timers.family(), timer);
                    callbacks.timer(bundle, timers.family(), timer);
                  }
                } else if (input instanceof ScriptedBundle.Input.Elements elements) {
                  for (WindowedValue<Object> element : job.decode(bundle, elements.bytes())) {
                    callbacks.element(bundle, ((KV<?, ?>) element.getValue()).getKey());
                  }
                }
              }
              job.done(
                  bundle,
                  BeamFnApi.ProcessBundleResponse.getDefaultInstance(),
                  Set.of(FIRST, SECOND, THIRD));
            });
    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    return job.collected(String.class);
  }

  @Test
  void aTimerSeesWhatEarlierOnesOfItsKeyHaveDone() throws Exception {
    List<String> fired =
        run(
            new Callbacks() {
              @Override
              public void element(ScriptedBundle bundle, @Nullable Object key) throws IOException {
                set(bundle, key, FIRST, 10);
                set(bundle, key, SECOND, 20);
                set(bundle, key, THIRD, 30);
              }

              @Override
              public void timer(ScriptedBundle bundle, String family, WireTimer timer)
                  throws IOException {
                if (family.equals(FIRST)) {
                  clear(bundle, timer.key(), SECOND);
                  set(bundle, timer.key(), THIRD, 40);
                }
              }
            });

    List<String> expected = new ArrayList<>();
    KEYS.forEach(key -> expected.add(key + " " + FIRST + " 10"));
    KEYS.forEach(key -> expected.add(key + " " + THIRD + " 40"));
    assertThat(fired).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aTimerThatIsSetBeforeTheNextOneComesBeforeIt() throws Exception {
    List<String> fired =
        run(
            new Callbacks() {
              @Override
              public void element(ScriptedBundle bundle, @Nullable Object key) throws IOException {
                set(bundle, key, FIRST, 10);
                set(bundle, key, SECOND, 100);
              }

              @Override
              public void timer(ScriptedBundle bundle, String family, WireTimer timer)
                  throws IOException {
                if (!family.equals(SECOND) && timer.fireMillis() < 40) {
                  set(
                      bundle,
                      timer.key(),
                      family.equals(FIRST) ? THIRD : FIRST,
                      timer.fireMillis() + 10);
                }
              }
            });

    for (String key : KEYS) {
      assertThat(fired.stream().filter(one -> one.startsWith(key + " ")))
          .containsExactly(
              key + " " + FIRST + " 10",
              key + " " + THIRD + " 20",
              key + " " + FIRST + " 30",
              key + " " + THIRD + " 40",
              key + " " + SECOND + " 100");
    }
  }
}
