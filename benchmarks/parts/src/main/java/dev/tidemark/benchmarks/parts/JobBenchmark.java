package dev.tidemark.benchmarks.parts;

import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.job.TidemarkRunner;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Jobs of one lane that hold one part each: what {@code SOURCE} takes less, an element takes in
 * that part. The job's start and end, a few milliseconds, are spread over its elements.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class JobBenchmark {
  private static final int ELEMENTS = 200_000;
  private static final long KEYS = 10_000;
  private static final int STEPS = 10;

  /** What is behind the source. */
  public enum Part {
    /** Nothing but one function that makes keys. */
    SOURCE,
    /** Ten functions. */
    CHAIN,
    /** To another lane and back, as one element each. */
    EXCHANGE,
    /** A grouping, its values looked at. */
    GROUP,
    /** A sum for each key. */
    COMBINE,
    /** A value that each element reads and writes. */
    STATE,
    /** A timer for each key, set by each element. */
    TIMER,
    /** A look-up in a map. */
    SIDE_INPUT
  }

  /** What is behind the source. */
  @Param public Part part = Part.SOURCE;

  /** One job. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void job() {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TidemarkRunner.class);
    options.setJobName("parts");
    options.setLanes(1);
    options.setProgressOutput(TidemarkOptions.ProgressOutput.NONE);
    Pipeline pipeline = Pipeline.create(options);
    addPart(
        pipeline
            .apply("Numbers", GenerateSequence.from(0).to(ELEMENTS))
            .apply("Keys", ParDo.of(new KeyFn())));
    if (pipeline.run().waitUntilFinish() != PipelineResult.State.DONE) {
      throw new IllegalStateException("The job failed");
    }
  }

  private void addPart(PCollection<KV<Long, Long>> elements) {
    switch (part) {
      case SOURCE -> {}
      case CHAIN -> {
        PCollection<KV<Long, Long>> chain = elements;
        for (int i = 0; i < STEPS; i++) {
          chain = chain.apply("Step " + i, ParDo.of(new StepFn()));
        }
      }
      case EXCHANGE ->
          elements.apply("Exchange", Reshuffle.of()).apply("Received", ParDo.of(new StepFn()));
      case GROUP ->
          elements.apply("Group", GroupByKey.create()).apply("Values", ParDo.of(new ValuesFn()));
      case COMBINE ->
          elements.apply("Sums", Sum.longsPerKey()).apply("Received", ParDo.of(new StepFn()));
      case STATE -> elements.apply("State", ParDo.of(new StateFn()));
      case TIMER -> elements.apply("Timers", ParDo.of(new TimerFn()));
      case SIDE_INPUT -> {
        PCollectionView<Map<Long, Long>> map =
            elements
                .getPipeline()
                .apply("Few", GenerateSequence.from(0).to(KEYS))
                .apply("Few keys", ParDo.of(new KeyFn()))
                .apply("Map", View.asMap());
        elements.apply("Look up", ParDo.of(new LookUpFn(map)).withSideInputs(map));
      }
    }
  }

  private static final class KeyFn extends DoFn<Long, KV<Long, Long>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Long, Long>> keyed) {
      keyed.output(KV.of(number % KEYS, number));
    }
  }

  private static final class StepFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    @ProcessElement
    public void process(@Element KV<Long, Long> element, OutputReceiver<KV<Long, Long>> elements) {
      elements.output(element);
    }
  }

  private static final class ValuesFn extends DoFn<KV<Long, Iterable<Long>>, Long> {
    @ProcessElement
    public void process(@Element KV<Long, Iterable<Long>> group, OutputReceiver<Long> sums) {
      long sum = 0;
      for (long value : group.getValue()) {
        sum += value;
      }
      sums.output(sum);
    }
  }

  private static final class StateFn extends DoFn<KV<Long, Long>, Void> {
    @StateId("sum")
    private final StateSpec<ValueState<Long>> sumSpec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(@Element KV<Long, Long> element, @StateId("sum") ValueState<Long> sum) {
      Long before = sum.read();
      sum.write(before == null ? element.getValue() : before + element.getValue());
    }
  }

  private static final class TimerFn extends DoFn<KV<Long, Long>, Void> {
    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, BoundedWindow window, @TimerId("end") Timer end) {
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void end() {}
  }

  private static final class LookUpFn extends DoFn<KV<Long, Long>, Long> {
    private final PCollectionView<Map<Long, Long>> map;

    LookUpFn(PCollectionView<Map<Long, Long>> map) {
      this.map = map;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Long found = context.sideInput(map).get(context.element().getKey());
      if (found == null) {
        throw new IllegalStateException("not in the map: " + context.element());
      }
      context.output(found);
    }
  }
}
