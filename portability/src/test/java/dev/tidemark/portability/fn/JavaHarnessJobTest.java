package dev.tidemark.portability.fn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.bundle.HarnessProcessors;
import dev.tidemark.portability.bundle.HarnessSettings;
import dev.tidemark.portability.bundle.MetricsInHand;
import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.StageGraph;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole jobs whose functions all run in Beam's own Java harness, in a thread of this process. */
@Timeout(180)
class JavaHarnessJobTest {
  private static final long VALUES = 100_000;
  private static final Queue<String> COLLECTED = new ConcurrentLinkedQueue<>();
  private static final Queue<String> WARNINGS = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger ON_DATA_STREAM = new AtomicInteger();

  @BeforeEach
  void forget() {
    COLLECTED.clear();
    WARNINGS.clear();
    ON_DATA_STREAM.set(0);
  }

  /** Windows of even seconds become one, those of odd ones stay. */
  private static final class EvenOnes extends WindowFn<Object, IntervalWindow> {
    private static final long serialVersionUID = 1;

    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext context) {
      return List.of(new IntervalWindow(context.timestamp(), Duration.standardSeconds(1)));
    }

    @Override
    public void mergeWindows(MergeContext context) throws Exception {
      List<IntervalWindow> even =
          context.windows().stream()
              .filter(window -> window.start().getMillis() / 1_000 % 2 == 0)
              .toList();
      if (even.size() > 1) {
        context.merge(even, even.stream().reduce(IntervalWindow::span).orElseThrow());
      }
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof EvenOnes;
    }

    @Override
    public Coder<IntervalWindow> windowCoder() {
      return IntervalWindow.getCoder();
    }

    @Override
    public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
      throw new UnsupportedOperationException("no side inputs in these windows");
    }
  }

  private static final class Show extends DoFn<KV<String, Iterable<Long>>, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<String, Iterable<Long>> group, BoundedWindow window) {
      List<Long> values = new ArrayList<>();
      group.getValue().forEach(values::add);
      COLLECTED.add(group.getKey() + values.stream().sorted().toList());
    }
  }

  private static final class SumTwice extends DoFn<KV<String, Iterable<Long>>, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<String, Iterable<Long>> group) {
      long sum = 0;
      for (int time = 0; time < 2; time++) {
        for (long value : group.getValue()) {
          sum += value;
        }
      }
      COLLECTED.add(group.getKey() + " " + sum + " " + group.getValue().getClass().getSimpleName());
    }
  }

  @Test
  void windowsAreMergedByTheHarness() throws Exception {
    Pipeline pipeline = Pipeline.create();
    List<TimestampedValue<KV<String, Long>>> values = new ArrayList<>();
    for (String key : List.of("a", "b")) {
      for (long second : new long[] {0, 2, 3, 8, 9}) {
        values.add(TimestampedValue.of(KV.of(key, second), Instant.ofEpochMilli(second * 1_000)));
      }
    }
    pipeline
        .apply(Create.timestamped(values))
        .apply(Window.into(new EvenOnes()))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Show()));

    assertThat(run(pipeline)).isInstanceOf(Execution.End.Done.class);

    assertThat(COLLECTED)
        .containsExactlyInAnyOrder("a[0, 2, 8]", "a[3]", "a[9]", "b[0, 2, 8]", "b[3]", "b[9]");
  }

  @Test
  void smallBundlesNeedNoDataStream() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of("a", "b"))
        .apply(ParDo.of(new Values()))
        .apply(ParDo.of(new CountAgain()));

    assertThat(run(pipeline)).isInstanceOf(Execution.End.Done.class);

    assertThat(COLLECTED).containsExactlyInAnyOrder("a 0", "a 1", "a 2", "b 0", "b 1", "b 2");
    assertThat(ON_DATA_STREAM).hasValue(0);
  }

  /** An element with a timer a second later, which shows what it has kept. */
  private static final class CountAgain extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1;

    @StateId("values")
    private final StateSpec<BagState<Long>> values = StateSpecs.bag();

    @TimerId("show")
    private final TimerSpec show = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId("values") BagState<Long> state,
        @TimerId("show") Timer timer) {
      state.add(element.getValue());
      timer.offset(Duration.standardSeconds(1)).setRelative();
    }

    @OnTimer("show")
    public void show(@Key String key, @StateId("values") BagState<Long> state) {
      state.read().forEach(value -> COLLECTED.add(key + " " + value));
    }
  }

  @Test
  void theElementThatAFunctionFailedOnIsShown() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of("a good one", "a bad one\n")).apply("Refuse", ParDo.of(new Refuse()));

    assertThat(run(pipeline)).isInstanceOf(Execution.End.Failed.class);

    assertThat(WARNINGS)
        .containsExactly(
            "Refuse/ParMultiDo(Refuse) failed on this element, as its coder writes it: "
                + "\\x0aa bad one\\x0a");
  }

  private static final class Refuse extends DoFn<String, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element String element) {
      if (element.contains("bad")) {
        throw new IllegalStateException("that is bad");
      }
    }
  }

  @Test
  void theValuesOfALargeGroupAreAskedFor() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of("large", "small"))
        .apply(ParDo.of(new Values()))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new SumTwice()));

    assertThat(run(pipeline)).isInstanceOf(Execution.End.Done.class);

    assertThat(COLLECTED).hasSize(2);
    assertThat(COLLECTED)
        .anyMatch(
            shown ->
                shown.startsWith("large " + VALUES * (VALUES - 1))
                    && shown.endsWith("StateBackedIterable"))
        .anyMatch(shown -> shown.startsWith("small 6 "));
    assertThat(ON_DATA_STREAM).hasPositiveValue();
  }

  private static final class Values extends DoFn<String, KV<String, Long>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element String key, OutputReceiver<KV<String, Long>> out) {
      LongStream.range(0, key.equals("large") ? VALUES : 3)
          .forEach(value -> out.output(KV.of(key, value)));
    }
  }

  private static Execution.End run(Pipeline pipeline) throws Exception {
    ExecutionOptions options =
        PipelineOptionsFactory.fromArgs("--lanes=2").as(ExecutionOptions.class);
    StageGraph graph =
        PipelineTranslator.translate(
            PipelineTranslation.toProto(pipeline, SdkComponents.create(options), false),
            TranslationOptions.harness());
    try (JavaHarness harness = new JavaHarness(new CountData())) {
      Execution execution =
          EmbeddedExecution.create(
              graph,
              options,
              JavaHarnessJobTest.class.getClassLoader(),
              Simulation.NONE,
              RunResources.of(
                  new HarnessProcessors(
                      graph,
                      harness,
                      new HarnessJob(
                          HarnessSettings.DEFAULT, new MetricsInHand(), WARNINGS::add, true))));
      execution.start();
      try {
        return execution.ended().get(120, TimeUnit.SECONDS);
      } finally {
        execution.cancel();
      }
    }
  }

  /** Counts what goes through data streams, in either direction. */
  private static final class CountData implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      if (!call.getMethodDescriptor().getFullMethodName().endsWith("/Data")) {
        return next.startCall(call, headers);
      }
      ServerCall<Q, R> counted =
          new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(R message) {
              ON_DATA_STREAM.incrementAndGet();
              super.sendMessage(message);
            }
          };
      return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
          next.startCall(counted, headers)) {
        @Override
        public void onMessage(Q message) {
          ON_DATA_STREAM.incrementAndGet();
          super.onMessage(message);
        }
      };
    }
  }
}
