package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.MetricsInHand;
import dev.tidemark.portability.bundle.TypeScriptMetrics;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobExecution;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.metrics.JobMetrics;
import dev.tidemark.translation.graph.StageGraph;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.jspecify.annotations.Nullable;

/**
 * One run on the embedded executor, with its harnesses.
 *
 * <p>Thread-safe.
 */
final class HostedJob implements JobExecution {
  private final StageGraph graph;
  private final TidemarkOptions options;
  private final MetricsInHand inHand;
  private final Function<JobListener, JobHarnesses.Opened> open;
  private @Nullable Execution execution;
  private boolean cancelled;

  /**
   * Starts nothing.
   *
   * @param inHand what bundles that are under way have counted so far
   * @param open makes the harnesses
   */
  HostedJob(
      StageGraph graph,
      TidemarkOptions options,
      MetricsInHand inHand,
      Function<JobListener, JobHarnesses.Opened> open) {
    this.graph = graph;
    this.options = options;
    this.inHand = inHand;
    this.open = open;
  }

  @Override
  public void start(JobListener listener) {
    JobHarnesses.Opened harnesses = open.apply(listener);
    Execution made;
    try {
      made =
          EmbeddedExecution.create(
              graph, options, HostedJob.class.getClassLoader(), Simulation.NONE, harnesses.nodes());
    } catch (RuntimeException | Error e) {
      harnesses.close();
      throw e;
    }
    synchronized (this) {
      execution = made;
      if (cancelled) {
        made.cancel();
      }
    }
    made.ended().thenAccept(end -> ended(end, harnesses, listener));
    listener.running();
    made.start();
  }

  private static void ended(
      Execution.End end, JobHarnesses.Opened harnesses, JobListener listener) {
    try {
      harnesses.close();
    } finally {
      listener.ended(ended(end));
    }
  }

  private static JobEnd ended(Execution.End end) {
    if (end instanceof Execution.End.Done) {
      return new JobEnd.Done();
    }
    if (end instanceof Execution.End.Drained) {
      return new JobEnd.Drained();
    }
    return end instanceof Execution.End.Failed failed
        ? new JobEnd.Failed(failed.text())
        : new JobEnd.Cancelled();
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancelled = true;
    }
    ifStarted(Execution::cancel);
  }

  @Override
  public void drain() {
    ifStarted(Execution::drain);
  }

  private void ifStarted(Consumer<Execution> action) {
    Execution started;
    synchronized (this) {
      started = execution;
    }
    if (started != null) {
      action.accept(started);
    }
  }

  @Override
  public JobApi.MetricResults metrics() {
    JobApi.MetricResults.Builder results = JobApi.MetricResults.newBuilder();
    ifStarted(
        started -> {
          // Committed first: whatever is committed by now was attempted before.
          JobMetrics.monitoringInfos(started.committedMetrics())
              .forEach(info -> results.addCommitted(TypeScriptMetrics.toClient(info)));
          JobMetrics.monitoringInfos(started.attemptedMetrics(), inHand.byTransform())
              .forEach(info -> results.addAttempted(TypeScriptMetrics.toClient(info)));
        });
    return results.build();
  }
}
