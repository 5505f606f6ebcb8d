package dev.tidemark.portability.job;

import org.apache.beam.model.jobmanagement.v1.JobApi;

/**
 * One run of a job.
 *
 * <p>Thread-safe.
 */
public interface JobExecution {

  /**
   * Starts the run; returns at once. Called once.
   *
   * @param listener is told what happens, the end as the last; if this method throws, the job has
   *     failed and the listener need not be told
   */
  void start(JobListener listener);

  /**
   * Asks for an end without finishing what is in flight; returns at once. May come at any time,
   * also while {@link #start} runs or after the end, and more than once.
   */
  void cancel();

  /** Asks the sources to stop, and to finish what is in flight; otherwise as {@link #cancel}. */
  void drain();

  /**
   * The metrics as of now; also between the end and the moment when this object is dropped. The
   * label {@code PTRANSFORM} holds the unique name of the transform.
   */
  JobApi.MetricResults metrics();
}
