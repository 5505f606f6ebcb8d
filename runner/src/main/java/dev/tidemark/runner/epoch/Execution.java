package dev.tidemark.runner.epoch;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job, from start to end.
 *
 * <p>Thread-safe.
 */
public interface Execution {

  /** How a run ended. */
  sealed interface End {
    /** All watermarks reached the end of time. */
    record Done() implements End {}

    /** {@link Execution#cancel} was called. */
    record Cancelled() implements End {}

    /** {@link Execution#drain} was called, and what was in flight was processed. */
    record Drained() implements End {}

    /**
     * The job failed; nothing runs any more, every user function was torn down.
     *
     * @param transform the full name of the transform that failed, or null if none is to blame
     * @param cause what it threw, without wrappers of ours or Beam's
     */
    record Failed(@Nullable String transform, Throwable cause) implements End {

      /** Both in words, with the stack trace: for who is not in this JVM. */
      public String text() {
        StringWriter text = new StringWriter();
        if (transform != null) {
          text.append("Transform ").append(transform).append(" failed: ");
        }
        cause.printStackTrace(new PrintWriter(text));
        return text.toString();
      }
    }
  }

  /**
   * How far a run has come.
   *
   * @param epoch the number of the last epoch
   * @param elements how many elements sources have emitted since the start
   * @param watermarkMillis the lowest output watermark of all nodes
   * @param stages the stages in topological order
   */
  record Progress(long epoch, long elements, long watermarkMillis, List<StageProgress> stages) {}

  /**
   * How far one stage has come.
   *
   * @param name the stage's name
   * @param watermarkMillis its lowest output watermark
   * @param elements how many elements entered it
   * @param busyNanos how long its lanes were at work, summed
   */
  record StageProgress(String name, long watermarkMillis, long elements, long busyNanos) {}

  /** Starts the threads of the job, non-daemon ones; returns at once. To be called once. */
  void start();

  /** Asks the job to stop without finishing what is in flight; returns at once. */
  void cancel();

  /**
   * The process ends: asks the job to stop as {@link #cancel} does, but without giving it up. State
   * from which it can go on stays. Returns at once.
   */
  default void leave() {
    cancel();
  }

  /** Asks the job to stop its sources and to finish what is in flight; returns at once. */
  void drain();

  /**
   * Makes a copy of the state as the last commit left it; the job goes on.
   *
   * @param name of the copy
   * @return where it is
   * @throws UnsupportedOperationException if the job does not keep its state in a directory
   * @throws dev.tidemark.runner.state.StateException if the copy cannot be made
   */
  default Path snapshot(String name) {
    throw new UnsupportedOperationException(
        "the job does not keep its state in a directory: give it one with --stateDir");
  }

  /** Completes when the run has ended and all its threads and readers are closed. */
  CompletableFuture<End> ended();

  /** Metrics of all work done, by the full name of the step; a live view. */
  MetricsContainerStepMap attemptedMetrics();

  /** Metrics of committed work only, by the full name of the step; a live view. */
  MetricsContainerStepMap committedMetrics();

  /** How far the run has come. */
  Progress progress();
}
