package dev.tidemark.portability.job;

import dev.tidemark.portability.job.artifact.StagedArtifacts;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Executes jobs: what is behind the job service.
 *
 * <p>Thread-safe.
 */
public interface JobExecutions {

  /**
   * Checks and translates a job. Starts nothing, keeps nothing outside of what it returns, and is
   * quick: the client waits with a deadline.
   *
   * @throws JobRefusedException if the job cannot be run; it lists all reasons
   */
  Prepared prepare(JobDescription job) throws JobRefusedException;

  /** A job that can be run. May be dropped without a word. */
  interface Prepared {

    /**
     * Makes the execution; nothing has started yet.
     *
     * @param pipeline the job's pipeline, the dependencies of its environments replaced by
     *     references to {@code artifacts}
     * @param artifacts the job's files; they are there until the job has ended
     */
    JobExecution create(RunnerApi.Pipeline pipeline, StagedArtifacts artifacts);
  }
}
