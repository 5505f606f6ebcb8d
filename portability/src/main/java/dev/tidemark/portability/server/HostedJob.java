package dev.tidemark.portability.server;

import dev.tidemark.portability.bundle.MetricsInHand;
import dev.tidemark.portability.bundle.TypeScriptMetrics;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobExecution;
import dev.tidemark.portability.job.JobListener;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.metrics.JobMetrics;
import dev.tidemark.runner.state.StateException;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.jspecify.annotations.Nullable;

/**
 * One run on the embedded executor, with its harnesses.
 *
 * <p>Thread-safe.
 */
final class HostedJob implements JobExecution {
  private final HostedRun run;
  private final MetricsInHand inHand;
  private @Nullable Execution execution;
  private boolean cancelled;

  /**
   * Starts nothing.
   *
   * @param inHand what bundles that are under way have counted so far
   */
  HostedJob(HostedRun run, MetricsInHand inHand) {
    this.run = run;
    this.inHand = inHand;
  }

  @Override
  public void start(JobListener listener) {
    HostedRun.Made made;
    try {
      made = run.make(listener);
    } catch (StateException e) {
      listener.ended(new JobEnd.Failed(String.valueOf(e.getMessage())));
      return;
    }
    synchronized (this) {
      execution = made.execution();
      if (cancelled) {
        made.execution().cancel();
      }
    }
    made.execution().ended().thenAccept(end -> ended(end, made.harnesses(), listener));
    listener.running();
    made.execution().start();
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
