package dev.tidemark.runner.epoch;

import dev.tidemark.runner.schedule.LaneScheduler;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.state.StateException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try to run a job: from its assembly until all functions are torn down and all readers closed.
 *
 * <p>{@link #run} is called once, by the driver's thread; all else from any thread.
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private final String jobName;
  private final JobAssembly assembly;
  private final JobContext job;
  private volatile @Nullable LaneScheduler lanes;
  private volatile @Nullable EpochDriver driver;
  private volatile boolean ended;

  /**
   * How a try ended.
   *
   * @param end in the words of the job's handle
   * @param failure what was thrown, if anything was
   * @param retriable whether another try may fare better
   */
  record Outcome(Execution.End end, @Nullable Throwable failure, boolean retriable) {
    /** The element that it failed with; null if it did not fail, or that is not known. */
    @Nullable TransformException failedElement() {
      return failure instanceof TransformException blamed && blamed.element() != null
          ? blamed
          : null;
    }

    static Outcome failed(Throwable thrown, boolean retriable) {
      return new Outcome(Attempt.end(thrown), thrown, retriable);
    }
  }

  Attempt(String jobName, JobAssembly assembly) {
    this.jobName = jobName;
    this.assembly = assembly;
    this.job = assembly.job();
  }

  JobContext job() {
    return job;
  }

  /** Runs the job until it ends in whatever way, and takes it down. */
  Outcome run() {
    LaneScheduler scheduler = assembly.scheduler(jobName);
    lanes = scheduler;
    Committer committer = assembly.committer(jobName);
    Outcome outcome;
    try {
      outcome = new Outcome(drive(scheduler, committer), null, false);
    } catch (Throwable t) {
      outcome =
          job.cancelled()
              ? new Outcome(new Execution.End.Cancelled(), null, false)
              : Outcome.failed(t, isRetriable(t));
    }
    outcome = close(scheduler, committer, outcome);
    ended = true;
    return outcome;
  }

  /** A store that failed is not to be trusted, nor is a JVM without memory. */
  private static boolean isRetriable(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof StateException || cause instanceof VirtualMachineError) {
        return false;
      }
    }
    return true;
  }

  private Execution.End drive(LaneScheduler scheduler, Committer committer) throws Exception {
    job.spill().removeLeftovers();
    EpochDriver epochs = assembly.driver(scheduler, committer);
    driver = epochs;
    assembly.open(scheduler);
    epochs.run();
    if (job.cancelled()) {
      return new Execution.End.Cancelled();
    }
    return job.draining() ? new Execution.End.Drained() : new Execution.End.Done();
  }

  /** Tears everything down; a failure on the way is the job's if it had none. */
  private Outcome close(LaneScheduler scheduler, Committer committer, Outcome outcome) {
    Outcome result = outcome;
    try {
      // An interrupt that was meant for the work must not hit the clean-up.
      Thread.interrupted();
      scheduler.runAll(this::closeLane);
    } catch (Throwable t) {
      if (outcome.end() instanceof Execution.End.Done
          || outcome.end() instanceof Execution.End.Drained) {
        result = Outcome.failed(t, false);
      } else {
        LOG.warn("the clean-up after job {} failed", jobName, t);
      }
    }
    committer.close();
    scheduler.close();
    job.spill().close();
    return result;
  }

  private void closeLane(int lane) throws Exception {
    Thread.interrupted();
    List<Exception> failures = new ArrayList<>();
    for (StageExecution stage : assembly.stages()) {
      try {
        stage.lane(lane).close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      Exception first = failures.get(0);
      failures.subList(1, failures.size()).forEach(first::addSuppressed);
      throw first;
    }
  }

  private static Execution.End.Failed end(Throwable thrown) {
    if (thrown instanceof TransformException blamed && blamed.getCause() != null) {
      return new Execution.End.Failed(blamed.transform(), blamed.getCause());
    }
    Throwable cause = thrown;
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new Execution.End.Failed(null, cause);
  }

  void cancel() {
    job.cancel();
    LaneScheduler running = lanes;
    if (running != null && !ended) {
      running.interrupt();
    }
  }

  Execution.Progress progress() {
    List<Execution.StageProgress> stages = new ArrayList<>();
    long elements = 0;
    long watermark = Long.MAX_VALUE;
    for (StageExecution stage : assembly.stages()) {
      stages.add(stage.progress());
      elements += stage.sourceElements();
      watermark = Math.min(watermark, stage.lowestWatermark());
    }
    EpochDriver epochs = driver;
    return new Execution.Progress(epochs == null ? 0 : epochs.epoch(), elements, watermark, stages);
  }
}
