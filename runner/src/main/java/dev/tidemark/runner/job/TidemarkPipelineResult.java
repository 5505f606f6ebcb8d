package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.Execution.End;
import dev.tidemark.runner.metrics.JobMetrics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a running or ended job.
 *
 * <p>Thread-safe.
 */
public final class TidemarkPipelineResult implements PipelineResult {
  /** How long {@link #cancel} waits for user functions that do not heed it. */
  private static final long CANCEL_MILLIS = 10_000;

  private final String jobName;
  private final Execution execution;
  private final CompletableFuture<End> settled = new CompletableFuture<>();
  private volatile boolean failureSeen;

  TidemarkPipelineResult(String jobName, Execution execution) {
    this.jobName = jobName;
    this.execution = execution;
  }

  /** The job's name, as {@code --jobName} gives it. */
  public String jobName() {
    return jobName;
  }

  /** {@code RUNNING}, {@code DONE} (also after a drain), {@code CANCELLED} or {@code FAILED}. */
  @Override
  public State getState() {
    End end = settled.getNow(null);
    return end == null ? State.RUNNING : stateOf(end);
  }

  /**
   * Waits until the job has ended, its functions are torn down and its readers closed.
   *
   * @return the state it ended in, never {@code FAILED}
   * @throws JobFailedException if the job failed; its cause is what the user's code threw
   */
  @Override
  public State waitUntilFinish() {
    State state = waitUntilFinish(Duration.ZERO);
    if (state == null) {
      throw new IllegalStateException("a wait without a limit reached it");
    }
    return state;
  }

  /**
   * Like {@link #waitUntilFinish()}, but no longer than {@code limit}; after that the job goes on.
   *
   * @param limit under a millisecond for no limit
   * @return the state it ended in, or null if it still runs
   */
  @Override
  @SuppressWarnings("NullAway") // Beam's contract: null on timeout
  public @Nullable State waitUntilFinish(Duration limit) {
    End end = await(limit.getMillis());
    if (end == null) {
      return null;
    }
    State state = stateOf(end);
    if (end instanceof End.Failed failed) {
      throw new JobFailedException(jobName, failed.transform(), failed.cause());
    }
    return state;
  }

  /**
   * Ends the job without finishing what is in flight, and waits up to ten seconds for that.
   *
   * @return the state afterwards: {@code RUNNING} if a function of the user does not return
   */
  @Override
  public State cancel() {
    execution.cancel();
    await(CANCEL_MILLIS);
    return getState();
  }

  /**
   * Asks the job to stop its sources, to finish what is in flight, and to end; returns at once.
   * Windows that are open then fire as if time had come to its end.
   */
  public void drain() {
    execution.drain();
  }

  /**
   * Makes a copy of the state of a job with {@code --stateDir}, as the last commit left it; the job
   * goes on. A new job starts from it by {@code --fromSnapshot}.
   *
   * @param name letters, digits, {@code _}, {@code .} and {@code -}; no other copy may have it
   * @return the folder of the copy
   * @throws UnsupportedOperationException if the job has no such directory
   * @throws dev.tidemark.runner.state.StateException if the copy cannot be made
   * @throws IllegalStateException if the job has ended
   */
  public Path snapshot(String name) {
    return execution.snapshot(name);
  }

  /**
   * The job's metrics, attempted and committed, as of now; also after a failure. Beside those of
   * the user's functions, {@code tidemark} / {@code metric:elements_in:v1} counts what entered a
   * stage.
   */
  @Override
  public MetricResults metrics() {
    Map<String, Long> elementsIn = new LinkedHashMap<>();
    for (Execution.StageProgress stage : execution.progress().stages()) {
      elementsIn.put(stage.name(), stage.elements());
    }
    return JobMetrics.results(
        execution.attemptedMetrics(), execution.committedMetrics(), elementsIn);
  }

  /** How far the job has come. */
  public Execution.Progress progress() {
    return execution.progress();
  }

  Execution execution() {
    return execution;
  }

  /** Lets waiting threads go: the job has ended, and so has all that accompanies it. */
  void settle(End end) {
    settled.complete(end);
  }

  /** Whether anybody has learnt from this handle that the job failed. */
  boolean failureSeen() {
    return failureSeen;
  }

  private State stateOf(End end) {
    if (end instanceof End.Failed) {
      failureSeen = true;
      return State.FAILED;
    }
    return end instanceof End.Cancelled ? State.CANCELLED : State.DONE;
  }

  private @Nullable End await(long limitMillis) {
    try {
      return limitMillis < 1 ? settled.get() : settled.get(limitMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Interrupted while waiting for job " + jobName + "; it goes on running.", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The end of job " + jobName + " is not known.", e);
    }
  }
}
