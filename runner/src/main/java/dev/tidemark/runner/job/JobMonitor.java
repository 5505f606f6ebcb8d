package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution.End;
import dev.tidemark.runner.metrics.MetricsPublisher;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accompanies one job on a thread of its own: shows its progress, pushes its metrics, and when it
 * has ended lets those go who wait for it.
 *
 * <p>The thread is no daemon, so that the last progress and metrics get out also when {@code main}
 * is gone; it ends with the job.
 */
final class JobMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(JobMonitor.class);

  private final TidemarkPipelineResult result;
  private final ProgressReporter progress;
  private final MetricsPublisher metrics;
  private final long shutdownMillis;

  JobMonitor(
      TidemarkPipelineResult result,
      ProgressReporter progress,
      MetricsPublisher metrics,
      long shutdownMillis) {
    this.result = result;
    this.progress = progress;
    this.metrics = metrics;
    this.shutdownMillis = shutdownMillis;
  }

  /** Starts the job and what accompanies it. */
  void start() {
    Thread hook = shutdownMillis > 0 ? addHook() : null;
    Thread thread = new Thread(() -> accompany(hook), "tidemark-monitor-" + result.jobName());
    thread.setDaemon(false);
    try {
      result.execution().start();
    } catch (RuntimeException | Error e) {
      removeHook(hook);
      throw e;
    }
    thread.start();
  }

  private void accompany(@Nullable Thread hook) {
    End end = awaitEnd();
    quietly(progress::close);
    quietly(metrics::close);
    removeHook(hook);
    result.settle(end);
    if (end instanceof End.Failed failed) {
      UnattendedFailure.of(result, failed).attend();
    }
  }

  private End awaitEnd() {
    while (true) {
      quietly(progress::tick);
      quietly(metrics::tick);
      try {
        long waitMillis = Math.min(progress.untilNextMillis(), metrics.untilNextMillis());
        return result.execution().ended().get(waitMillis, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // time for the next tick
      } catch (ExecutionException e) {
        return new End.Failed(null, e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        // Nobody has this thread to interrupt it but the user's code; the job goes on.
        LOG.warn("The monitor of job {} was interrupted; it goes on.", result.jobName());
      }
    }
  }

  /** Those who wait for the job must be let go whatever happens to what accompanies it. */
  private void quietly(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.warn("Job {}: a report was skipped.", result.jobName(), e);
    }
  }

  /** Ctrl-C and the like: functions are torn down, temporary files go. */
  private @Nullable Thread addHook() {
    Thread hook =
        new Thread(
            () -> {
              result.execution().leave();
              try {
                result.execution().ended().get(shutdownMillis, TimeUnit.MILLISECONDS);
              } catch (TimeoutException e) {
                LOG.warn(
                    "Job {} did not end within --shutdownMillis={}.",
                    result.jobName(),
                    shutdownMillis);
              } catch (InterruptedException | ExecutionException e) {
                LOG.warn("Job {} did not end cleanly.", result.jobName(), e);
              }
            },
            "tidemark-shutdown-" + result.jobName());
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return hook;
    } catch (IllegalStateException e) {
      return null; // The JVM ends already.
    }
  }

  private static void removeHook(@Nullable Thread hook) {
    if (hook == null) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends: the hook runs.
    }
  }
}
