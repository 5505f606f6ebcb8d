package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * State and timers of a function in a harness: it keeps the values of a key in a bag, and at the
 * end of the window emits their sum.
 */
final class StatefulHarnessTest {
  private static final String FAMILY = "ts-end";
  private static final int KEYS = 20;
  private static final int VALUES = 600;

  private Pipeline pipeline = Pipeline.create();
  private ScriptedJob job = new ScriptedJob(pipeline, List.of(sums()), "--lanes=2");

  private PCollection<KV<String, Long>> sums() {
    List<TimestampedValue<KV<String, Long>>> values = new ArrayList<>();
    for (int i = 0; i < VALUES; i++) {
      values.add(TimestampedValue.of(KV.of("key" + i % KEYS, (long) i), Instant.ofEpochMilli(i)));
    }
    return pipeline
        .apply(Create.timestamped(values))
        .apply(Window.into(FixedWindows.of(Duration.millis(VALUES / 2))))
        .apply("Sum", ParDo.of(new Elsewhere()).setResourceHints(ScriptedJob.IN_HARNESS));
  }

  private static Map<String, Long> expected() {
    Map<String, Long> sums = new HashMap<>();
    for (int i = 0; i < VALUES; i++) {
      sums.merge("key" + i % KEYS + (i < VALUES / 2 ? " first" : " second"), (long) i, Long::sum);
    }
    return sums;
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<KV<String, Long>, KV<String, Long>> {
    @StateId("values")
    @SuppressWarnings("unused") // it is declared for the proto
    private final StateSpec<BagState<Long>> values = StateSpecs.bag(VarLongCoder.of());

    @TimerId("end")
    @SuppressWarnings("unused") // it is declared for the proto
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@StateId("values") BagState<Long> state) {
      throw new AssertionError("called in the runner");
    }

    @OnTimer("end")
    public void onEnd() {
      throw new AssertionError("called in the runner");
    }
  }

  /** Asks for the values of a key, page by page. */
  private static List<Long> read(ScriptedBundle bundle, BeamFnApi.StateKey key) throws Exception {
    List<Long> values = new ArrayList<>();
    BeamFnApi.StateGetRequest request = BeamFnApi.StateGetRequest.getDefaultInstance();
    while (true) {
      BeamFnApi.StateGetResponse page =
          bundle.ask(BeamFnApi.StateRequest.newBuilder().setStateKey(key).setGet(request)).getGet();
      InputStream in = page.getData().newInput();
      while (in.available() > 0) {
        values.add(VarLongCoder.of().decode(in));
      }
      if (page.getContinuationToken().isEmpty()) {
        return values;
      }
      request =
          BeamFnApi.StateGetRequest.newBuilder()
              .setContinuationToken(page.getContinuationToken())
              .build();
    }
  }

  private BeamFnApi.StateKey state(
      ScriptedBundle bundle, @Nullable Object key, BoundedWindow window) throws IOException {
    WireCoding coding = job.coding(bundle);
    ByteString.Output keyBytes = ByteString.newOutput();
    coding.keyCoder().encode(key, keyBytes);
    ByteString.Output windowBytes = ByteString.newOutput();
    coding.windowCoder().encode(window, windowBytes);
    return BeamFnApi.StateKey.newBuilder()
        .setBagUserState(
            BeamFnApi.StateKey.BagUserState.newBuilder()
                .setTransformId(job.plan(bundle).process())
                .setUserStateId("values")
                .setKey(keyBytes.toByteString())
                .setWindow(windowBytes.toByteString()))
        .build();
  }

  private void process(ScriptedBundle bundle, ScriptedBundle.Input input) throws Exception {
    if (input instanceof ScriptedBundle.Input.Elements elements) {
      for (WindowedValue<Object> element : job.decode(bundle, elements.bytes())) {
        add(bundle, element);
      }
    } else if (input instanceof ScriptedBundle.Input.Timers timers) {
      InputStream in = timers.bytes().newInput();
      while (in.available() > 0) {
        end(bundle, job.coding(bundle).timers().decode(in));
      }
    }
  }

  private void add(ScriptedBundle bundle, WindowedValue<Object> element) throws Exception {
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    BoundedWindow window = element.getWindows().iterator().next();
    ByteString.Output value = ByteString.newOutput();
    VarLongCoder.of().encode((Long) kv.getValue(), value);
    bundle.ask(
        BeamFnApi.StateRequest.newBuilder()
            .setStateKey(state(bundle, kv.getKey(), window))
            .setAppend(BeamFnApi.StateAppendRequest.newBuilder().setData(value.toByteString())));
    long end = window.maxTimestamp().getMillis();
    ByteString.Output timer = ByteString.newOutput();
    job.coding(bundle)
        .timers()
        .encode(
            new WireTimer(kv.getKey(), "", List.of(window), false, end, end, PaneInfo.NO_FIRING),
            timer);
    bundle.timer(job.plan(bundle).process(), FAMILY, timer.toByteString());
  }

  private void end(ScriptedBundle bundle, WireTimer timer) throws Exception {
    BoundedWindow window = timer.windows().get(0);
    BeamFnApi.StateKey key = state(bundle, timer.key(), window);
    long sum = read(bundle, key).stream().mapToLong(Long::longValue).sum();
    bundle.ask(
        BeamFnApi.StateRequest.newBuilder()
            .setStateKey(key)
            .setClear(BeamFnApi.StateClearRequest.getDefaultInstance()));
    assertThat(read(bundle, key)).isEmpty();
    String which = timer.fireMillis() < VALUES / 2 ? " first" : " second";
    job.emit(
        bundle,
        WindowedValues.of(
            KV.of(timer.key() + which, sum),
            Instant.ofEpochMilli(timer.holdMillis()),
            window,
            PaneInfo.NO_FIRING));
  }

  private Map<String, Long> collected() {
    Map<String, Long> sums = new LinkedHashMap<>();
    for (KV<?, ?> sum : job.collected(KV.class)) {
      assertThat(sums.put((String) sum.getKey(), (Long) sum.getValue()))
          .as("emitted twice: %s", sum.getKey())
          .isNull();
    }
    return sums;
  }

  @Test
  void stateIsKeptAndTimersFireOnceForEachKeyAndWindow() throws Exception {
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

    assertThat(
            job.run(
                workers, new HarnessSettings(1, 2_000, 100, 10, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(collected()).isEqualTo(expected());
  }

  @Test
  void whatALostWorkerDidToStateAndTimersIsForgotten() throws Exception {
    AtomicInteger bundles = new AtomicInteger();
    Map<ByteString, Boolean> tokensOfLost = new java.util.concurrent.ConcurrentHashMap<>();
    Map<ByteString, Boolean> tokensOfOthers = new java.util.concurrent.ConcurrentHashMap<>();
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              ByteString token = bundle.request().getCacheTokens(0).getToken();
              boolean lost = bundles.incrementAndGet() % 3 == 0;
              (lost ? tokensOfLost : tokensOfOthers).put(token, true);
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                process(bundle, input);
              }
              if (lost) {
                bundle.worker().die();
                bundle.event(new BundleEvent.Lost("killed"));
                return;
              }
              job.done(
                  bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance(), Set.of(FAMILY));
            });

    assertThat(
            job.run(
                workers,
                new HarnessSettings(4, 2_000, 100, 1 << 20, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    assertThat(collected()).isEqualTo(expected());
    assertThat(tokensOfLost).isNotEmpty();
    assertThat(tokensOfOthers.size()).isGreaterThan(1);
  }

  /** What the parts of a bundle do that fail is forgotten, too. */
  @Test
  void anElementThatFailsIsLeftOut(@TempDir Path folder) throws Exception {
    Path letters = folder.resolve("letters.json");
    pipeline = Pipeline.create();
    job =
        new ScriptedJob(
            pipeline,
            List.of(sums()),
            "--lanes=2",
            "--streaming",
            "--jobRetries=0",
            "--deadLetterFile=" + letters);
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              boolean failed = false;
              ScriptedBundle.Input input;
              while ((input = bundle.next()) != null) {
                process(bundle, input);
                failed |=
                    input instanceof ScriptedBundle.Input.Elements elements
                        && job.decode(bundle, elements.bytes()).stream()
                            .anyMatch(each -> ((KV<?, ?>) each.getValue()).getValue().equals(42L));
              }
              if (failed) {
                bundle.event(new BundleEvent.Failed("cannot process 42"));
              } else {
                job.done(
                    bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance(), Set.of(FAMILY));
              }
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    Map<String, Long> expected = expected();
    expected.merge("key2 first", -42L, Long::sum);
    assertThat(collected()).isEqualTo(expected);
    assertThat(Files.readAllLines(letters)).hasSize(1);
  }
}
