package dev.tidemark.benchmarks.durability;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.JobOptions;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.job.TidemarkRunner;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.StageGraph;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** The streaming job that sums a {@link Workload} up. */
final class SumJob {
  private SumJob() {}

  /**
   * Prepares the job.
   *
   * @param store where the state is committed; null for none, state stays objects
   * @param epochMillis how long an epoch takes elements
   * @param memoryMegabytes for state that is in a store
   */
  static Execution create(
      Workload workload, @Nullable StateStore store, long epochMillis, long memoryMegabytes) {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TidemarkRunner.class);
    options.setJobName("sums");
    options.setLanes(workload.splits());
    options.setStreaming(true);
    options.setTargetEpochMillis(epochMillis);
    options.setStateMemoryMegabytes(memoryMegabytes);
    options.setJobRetries(0);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<Long, Long>> elements =
        pipeline.apply("elements", Read.from(new SumSource(workload, 0)));
    PCollection<KV<Long, Long>> sums =
        workload.asks()
            ? elements.apply("sums", ParDo.of(sumFn(workload)))
            : elements
                .apply("window", Window.into(FixedWindows.of(Duration.standardHours(1))))
                .apply("sums", Sum.longsPerKey());
    sums.apply("answers", ParDo.of(new AnswerFn()));
    TidemarkOptions prepared = JobOptions.prepare(options);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    StageGraph graph =
        PipelineTranslator.translate(
            PipelineTranslation.toProto(pipeline, SdkComponents.create(prepared), false));
    JobOptions.complete(prepared, graph.bounded());
    return EmbeddedExecution.create(
        graph, prepared, SumJob.class.getClassLoader(), Simulation.NONE, RunResources.of(store));
  }

  private static DoFn<KV<Long, Long>, KV<Long, Long>> sumFn(Workload workload) {
    return workload.payloadBytes() == 0 ? new SumFn() : new LargeSumFn(workload.payloadBytes());
  }

  private static final class AnswerFn extends DoFn<KV<Long, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Long, Long> sum) {
      Tally.answered(sum.getValue());
    }
  }
}
