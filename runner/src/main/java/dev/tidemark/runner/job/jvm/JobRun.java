package dev.tidemark.runner.job.jvm;

import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.DurableJobs;
import dev.tidemark.runner.job.JobOptions;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.metrics.JobMetrics;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.JobDescriber;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.StageGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * The one job of this JVM.
 *
 * <p>Thread-safe.
 */
final class JobRun {
  private final Path folder;
  private @Nullable Execution execution;
  private boolean started;
  private boolean cancelled;
  private boolean drained;

  /** The job whose files are in a folder. */
  JobRun(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs the job; can be done once.
   *
   * @param messages gets its states, and before that it failed the reason
   */
  void start(StreamObserver<JobMessagesResponse> messages) {
    synchronized (this) {
      if (started) {
        messages.onError(Status.FAILED_PRECONDITION.asRuntimeException());
        return;
      }
      started = true;
    }
    JobEvents events = new JobEvents(messages);
    Execution made;
    try {
      made = create();
    } catch (IOException | RuntimeException | LinkageError e) {
      events.ended(new Execution.End.Failed(null, e));
      return;
    }
    synchronized (this) {
      execution = made;
      if (cancelled) {
        made.cancel();
      }
      if (drained) {
        made.drain();
      }
    }
    events.running();
    made.ended().thenAccept(events::ended);
    made.start();
  }

  private Execution create() throws IOException {
    RunnerApi.Pipeline pipeline =
        RunnerApi.Pipeline.parseFrom(Files.readAllBytes(folder.resolve(JobJvm.PIPELINE_FILE)));
    Struct given = Struct.parseFrom(Files.readAllBytes(folder.resolve(JobJvm.OPTIONS_FILE)));
    TidemarkOptions options = JobOptions.prepare(PipelineOptionsTranslation.fromProto(given));
    // Folders of this machine are not the client's to choose.
    options.setScratchDir(folder.resolve(JobJvm.SCRATCH_FOLDER).toString());
    setState(options);
    StageGraph graph = PipelineTranslator.translate(pipeline);
    JobOptions.complete(options, graph.bounded());
    FileSystems.setDefaultPipelineOptions(options);
    MetricsEnvironment.setMetricsSupported(true);
    String stateDir = options.getStateDir();
    return stateDir == null
        ? execution(graph, options, null)
        : DurableJobs.open(
            Path.of(stateDir),
            JobDescriber.describe(
                new Components(graph), options.getJobName(), options.getKeyGroups()),
            options,
            store -> execution(graph, options, store));
  }

  private void setState(TidemarkOptions options) throws IOException {
    Path file = folder.resolve(JobJvm.STATE_FILE);
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    options.setStateName(null);
    options.setStateDir(lines.isEmpty() ? null : lines.get(0));
    options.setFromSnapshot(lines.size() > 1 ? lines.get(1) : null);
  }

  private static Execution execution(
      StageGraph graph, TidemarkOptions options, @Nullable StateStore store) {
    return EmbeddedExecution.create(
        graph, options, JobRun.class.getClassLoader(), Simulation.NONE, RunResources.of(store));
  }

  void cancel() {
    synchronized (this) {
      cancelled = true;
    }
    ifRunning(Execution::cancel);
  }

  void drain() {
    synchronized (this) {
      drained = true;
    }
    ifRunning(Execution::drain);
  }

  JobApi.MetricResults metrics() {
    JobApi.MetricResults.Builder results = JobApi.MetricResults.newBuilder();
    ifRunning(
        running -> {
          // Committed first: whatever is committed by now was attempted before.
          results.addAllCommitted(JobMetrics.monitoringInfos(running.committedMetrics()));
          results.addAllAttempted(JobMetrics.monitoringInfos(running.attemptedMetrics()));
        });
    return results.build();
  }

  private void ifRunning(Consumer<Execution> action) {
    Execution running;
    synchronized (this) {
      running = execution;
    }
    if (running != null) {
      action.accept(running);
    }
  }
}
