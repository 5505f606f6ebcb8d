package dev.tidemark.portability.bundle;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.epoch.Execution;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Windows that only the SDK can merge. Its function is unknown to the runner, and does what
 * sessions do.
 */
final class MergingWindowsHarnessTest {
  private static final String FUNCTION = "beam:window_fn:of_some_sdk:v1";
  private static final long GAP = 10;
  private static final int KEYS = 1_200;

  private static final Coder<Iterable<IntervalWindow>> WINDOWS =
      IterableCoder.of(IntervalWindow.getCoder());
  private static final Coder<WindowedValue<KV<byte[], Iterable<IntervalWindow>>>> INPUT =
      WindowedValues.getFullCoder(
          KvCoder.of(ByteArrayCoder.of(), WINDOWS), GlobalWindow.Coder.INSTANCE);
  private static final Coder<
          WindowedValue<
              KV<
                  byte[],
                  KV<
                      Iterable<IntervalWindow>,
                      Iterable<KV<IntervalWindow, Iterable<IntervalWindow>>>>>>>
      OUTPUT =
          WindowedValues.getFullCoder(
              KvCoder.of(
                  ByteArrayCoder.of(),
                  KvCoder.of(
                      WINDOWS, IterableCoder.of(KvCoder.of(IntervalWindow.getCoder(), WINDOWS)))),
              GlobalWindow.Coder.INSTANCE);

  private final AtomicInteger merges = new AtomicInteger();

  /** Each key has one window at 0 to 18, from two elements, and one at 100. */
  private static ScriptedJob job(String... arguments) {
    Pipeline pipeline = Pipeline.create();
    List<TimestampedValue<KV<String, Long>>> values = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      for (long time : new long[] {0, 8, 100}) {
        values.add(TimestampedValue.of(KV.of("key" + key, time), Instant.ofEpochMilli(time)));
      }
    }
    PCollection<String> shown =
        pipeline
            .apply(Create.timestamped(values))
            .apply(
                "Windows",
                Window.<KV<String, Long>>into(Sessions.withGapDuration(Duration.millis(GAP)))
                    .setResourceHints(ScriptedJob.IN_HARNESS))
            .apply("Group", GroupByKey.create())
            .apply("Show", ParDo.of(new Show()));
    return new ScriptedJob(
        pipeline, List.of(shown), MergingWindowsHarnessTest::ofSomeSdk, arguments);
  }

  private static RunnerApi.Pipeline ofSomeSdk(RunnerApi.Pipeline pipeline) {
    RunnerApi.Components.Builder components = pipeline.getComponents().toBuilder();
    String harness =
        components.getEnvironmentsMap().entrySet().stream()
            .filter(entry -> entry.getValue().getResourceHintsCount() > 0)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    pipeline
        .getComponents()
        .getWindowingStrategiesMap()
        .forEach(
            (id, windowing) -> {
              if (windowing.getWindowFn().getUrn().contains("session")) {
                components.putWindowingStrategies(
                    id,
                    windowing.toBuilder()
                        .setWindowFn(RunnerApi.FunctionSpec.newBuilder().setUrn(FUNCTION))
                        .setEnvironmentId(harness)
                        .build());
              }
            });
    return pipeline.toBuilder().setComponents(components).build();
  }

  private static final class Show extends DoFn<KV<String, Iterable<Long>>, String> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Long>> group,
        @Timestamp Instant time,
        BoundedWindow window,
        OutputReceiver<String> out) {
      List<Long> values = new ArrayList<>();
      group.getValue().forEach(values::add);
      IntervalWindow shown = (IntervalWindow) window;
      out.output(
          group.getKey()
              + " "
              + values.stream().sorted().toList()
              + " "
              + shown.start().getMillis()
              + "-"
              + shown.end().getMillis()
              + " at "
              + time.getMillis());
    }
  }

  private static List<String> expected() {
    List<String> expected = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      expected.add("key" + key + " [0, 8] 0-18 at 17");
      expected.add("key" + key + " [100] 100-110 at 109");
    }
    return expected;
  }

  /** What the SDK does in a bundle that assigns windows. */
  private static void assign(ScriptedJob job, ScriptedBundle bundle) throws Exception {
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      for (WindowedValue<Object> element :
          job.decode(bundle, ((ScriptedBundle.Input.Elements) input).bytes())) {
        job.emit(
            bundle,
            WindowedValues.of(
                element.getValue(),
                element.getTimestamp(),
                new IntervalWindow(element.getTimestamp(), Duration.millis(GAP)),
                PaneInfo.NO_FIRING));
      }
    }
    job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
  }

  /** What the SDK does in a bundle that merges; the windows of each key come for themselves. */
  private static void merge(ScriptedBundle bundle, int most) throws Exception {
    int answered = 0;
    ScriptedBundle.Input input;
    while ((input = bundle.next()) != null) {
      InputStream in = ((ScriptedBundle.Input.Elements) input).bytes().newInput();
      while (in.available() > 0) {
        KV<byte[], Iterable<IntervalWindow>> set = INPUT.decode(in).getValue();
        if (answered++ < most) {
          ByteString.Output out = ByteString.newOutput();
          OUTPUT.encode(
              WindowedValues.valueInGlobalWindow(KV.of(set.getKey(), merged(set.getValue()))), out);
          bundle.output("write", out.toByteString());
        }
      }
    }
    bundle.done(BeamFnApi.ProcessBundleResponse.getDefaultInstance(), List.of("write"), List.of());
  }

  private static KV<
          Iterable<IntervalWindow>, Iterable<KV<IntervalWindow, Iterable<IntervalWindow>>>>
      merged(Iterable<IntervalWindow> windows) {
    Map<Long, List<IntervalWindow>> sessions = new TreeMap<>();
    List<IntervalWindow> all = new ArrayList<>();
    windows.forEach(all::add);
    sessions.putAll(
        all.stream().collect(groupingBy(window -> window.start().getMillis() / 50, toList())));
    List<IntervalWindow> alone = new ArrayList<>();
    List<KV<IntervalWindow, Iterable<IntervalWindow>>> merged = new ArrayList<>();
    for (List<IntervalWindow> session : sessions.values()) {
      if (session.size() == 1) {
        alone.addAll(session);
      } else {
        merged.add(KV.of(session.stream().reduce(IntervalWindow::span).orElseThrow(), session));
      }
    }
    return KV.of(alone, merged);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--streaming=false", "--streaming=true"})
  void theSdkMerges(String policy) throws Exception {
    ScriptedJob job = job("--lanes=2", policy);
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (job.isOfNode(bundle)) {
                assign(job, bundle);
              } else {
                merges.incrementAndGet();
                merge(bundle, Integer.MAX_VALUE);
              }
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(String.class)).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(merges).hasPositiveValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--streaming=false", "--streaming=true"})
  void itIsAskedForManyKeysTogether(String policy) throws Exception {
    ScriptedJob job = job("--lanes=1", policy);
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (job.isOfNode(bundle)) {
                assign(job, bundle);
              } else {
                merges.incrementAndGet();
                merge(bundle, Integer.MAX_VALUE);
              }
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(merges).hasValueLessThan(KEYS / 50);
  }

  @Test
  void aWorkerThatIsLostWhileItMergesCostsOneTry() throws Exception {
    ScriptedJob job = job("--lanes=2");
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (job.isOfNode(bundle)) {
                assign(job, bundle);
              } else if (merges.incrementAndGet() <= 3) {
                bundle.worker().die();
                bundle.event(new BundleEvent.Lost("killed"));
              } else {
                merge(bundle, Integer.MAX_VALUE);
              }
            });

    assertThat(job.run(workers, HarnessSettings.DEFAULT)).isInstanceOf(Execution.End.Done.class);
    assertThat(job.collected(String.class)).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(workers.all().size()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void anAnswerThatIsNotCompleteFailsTheGroup() throws Exception {
    ScriptedJob job = job("--lanes=1");
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              if (job.isOfNode(bundle)) {
                assign(job, bundle);
              } else {
                merge(bundle, 0);
              }
            });

    Execution.End end = job.run(workers, HarnessSettings.DEFAULT);

    assertThat(end).isInstanceOf(Execution.End.Failed.class);
    assertThat(((Execution.End.Failed) end).transform()).isEqualTo("Group");
    assertThat(((Execution.End.Failed) end).cause()).hasMessageContaining("asked to merge windows");
  }
}
