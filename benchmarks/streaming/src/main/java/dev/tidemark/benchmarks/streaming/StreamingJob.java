package dev.tidemark.benchmarks.streaming;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.JobOptions;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.job.TidemarkRunner;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.StageGraph;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** How often each key comes each second, and how long after its end the counts come out. */
final class StreamingJob implements AutoCloseable {
  private static final long WINDOW_MILLIS = 1_000;
  private static final long MILLI_MICROS = 1_000;

  private final @Nullable StateStore store;
  private final Execution execution;

  /**
   * Prepares the job.
   *
   * @param schedule when elements come
   * @param then what comes after the last of them
   * @param measureFromMicros the end of the first window that is measured
   */
  StreamingJob(
      Settings settings, Schedule schedule, ScheduledSource.Then then, long measureFromMicros) {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TidemarkRunner.class);
    options.setJobName("counts");
    options.setLanes(settings.lanes());
    options.setStreaming(true);
    options.setJobRetries(0);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Elements", Read.from(ScheduledSource.of(schedule, then)))
        .apply("Seconds", Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS))))
        .apply("Counts", Count.perElement())
        .apply("Latencies", ParDo.of(new LatencyFn(measureFromMicros)));
    String broker = settings.broker();
    if (broker != null) {
      // KafkaIO looks for it, and reads by a splittable function then, whose calls block.
      options.as(ExperimentalOptions.class).setExperiments(List.of("use_sdf_read"));
      IdlePartition.read(pipeline, broker);
      // The elements are read as they are without.
      options.as(ExperimentalOptions.class).setExperiments(List.of());
    }
    TidemarkOptions prepared = JobOptions.prepare(options);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReadsIfNecessary(pipeline);
    StageGraph graph =
        PipelineTranslator.translate(
            PipelineTranslation.toProto(pipeline, SdkComponents.create(prepared), false));
    JobOptions.complete(prepared, graph.bounded());
    store =
        switch (settings.store()) {
          case OBJECTS -> null;
          case HEAP -> new HeapStateStore();
          case DURABLE ->
              RocksStateStore.open(settings.directory(), prepared.getStateMemoryMegabytes() << 19);
        };
    execution =
        EmbeddedExecution.create(
            graph,
            prepared,
            StreamingJob.class.getClassLoader(),
            Simulation.NONE,
            RunResources.of(store));
  }

  /** The job, which was not started. */
  Execution execution() {
    return execution;
  }

  /** Asks the job to end, waits for that and closes the store. */
  @Override
  public void close() {
    execution.cancel();
    execution.ended().join();
    if (store != null) {
      store.close();
    }
  }

  private static final class LatencyFn extends DoFn<KV<Long, Long>, Void> {
    private final long fromMicros;

    LatencyFn(long fromMicros) {
      this.fromMicros = fromMicros;
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> count, BoundedWindow window) {
      long end = (window.maxTimestamp().getMillis() + 1) * MILLI_MICROS;
      if (end >= fromMicros) {
        Results.cameAfter(Schedule.nowMicros() - end);
      }
      Results.counted(count.getValue());
    }
  }
}
