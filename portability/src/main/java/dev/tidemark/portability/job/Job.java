package dev.tidemark.portability.job;

import dev.tidemark.portability.job.artifact.StagedArtifacts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that was started, from then until it is forgotten.
 *
 * <p>Thread-safe.
 */
final class Job implements JobListener {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  private final JobDescription description;
  private final StagedArtifacts artifacts;
  private final JobJournals journals;
  private final int maxMetricsBytes;
  private final Consumer<? super Job> whenEnded;
  private volatile @Nullable JobExecution execution;
  private volatile JobApi.MetricResults lastMetrics = JobApi.MetricResults.getDefaultInstance();
  private JobStateEvent state;
  private final CompletableFuture<@Nullable Void> published = new CompletableFuture<>();
  private boolean ending;

  /**
   * A job that has not started.
   *
   * @param description what the client wanted
   * @param artifacts its files
   * @param execution runs it
   * @param whenEnded is called once, when nothing of it runs any more, before clients hear of it
   */
  Job(
      JobDescription description,
      StagedArtifacts artifacts,
      JobExecution execution,
      JobLimits limits,
      InstantSource clock,
      Consumer<? super Job> whenEnded) {
    this.description = description;
    this.artifacts = artifacts;
    this.execution = execution;
    this.journals = new JobJournals(description.jobId(), clock, limits.historyBytes());
    this.maxMetricsBytes = limits.clientMessageBytes();
    this.whenEnded = whenEnded;
    this.state = journals.state(JobState.Enum.STARTING);
  }

  /** Starts it; a failure to do so is the job's. To be called once. */
  void start() {
    JobExecution starting = execution;
    if (starting == null) {
      return;
    }
    try {
      starting.start(this);
    } catch (RuntimeException | Error e) {
      LOG.warn("Job {} could not be started", description.jobId(), e);
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      ended(new JobEnd.Failed("The job could not be started: " + trace));
    }
  }

  @Override
  public synchronized void running() {
    if (!ending && state.getState() == JobState.Enum.STARTING) {
      state = journals.state(JobState.Enum.RUNNING);
    }
  }

  @Override
  public void message(Level level, String text) {
    journals.message(level, text);
  }

  @Override
  public void ended(JobEnd end) {
    synchronized (this) {
      if (ending) {
        return;
      }
      ending = true;
    }
    lastMetrics = metrics();
    execution = null;
    try {
      whenEnded.accept(this);
    } finally {
      publish(end);
      published.complete(null);
    }
  }

  private synchronized void publish(JobEnd end) {
    if (end instanceof JobEnd.Failed failed) {
      journals.error(failed.error());
    }
    state = journals.end(JobStates.of(end));
  }

  /** Waits until clients can know of its end; false if that takes too long. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    try {
      published.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks for its end; the state afterwards. */
  JobState.Enum cancel() {
    return request(JobState.Enum.CANCELLING, JobExecution::cancel);
  }

  /** Asks for its orderly end; the state afterwards. */
  JobState.Enum drain() {
    return request(JobState.Enum.DRAINING, JobExecution::drain);
  }

  private JobState.Enum request(JobState.Enum wanted, Consumer<JobExecution> how) {
    synchronized (this) {
      if (ending || !JobStates.active(state.getState()) || state.getState() == wanted) {
        return state.getState();
      }
      state = journals.state(wanted);
    }
    JobExecution running = execution;
    if (running != null) {
      how.accept(running);
    }
    return state().getState();
  }

  /** Its metrics, in a message that every client takes. */
  JobApi.MetricResults metrics() {
    JobExecution running = execution;
    if (running == null) {
      return lastMetrics;
    }
    try {
      return BoundedMetrics.fit(running.metrics(), maxMetricsBytes);
    } catch (RuntimeException e) {
      LOG.warn("Job {}: no metrics can be had", description.jobId(), e);
      return lastMetrics;
    }
  }

  /** Its state, and since when; not earlier than what clients have read in its streams. */
  synchronized JobStateEvent state() {
    return state;
  }

  JobDescription description() {
    return description;
  }

  StagedArtifacts artifacts() {
    return artifacts;
  }

  JobJournals journals() {
    return journals;
  }
}
