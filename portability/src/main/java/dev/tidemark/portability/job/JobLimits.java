package dev.tidemark.portability.job;

import java.time.Duration;

/**
 * What the jobs of a server may take, and how long it remembers them.
 *
 * <p>Immutable.
 *
 * @param prepareBytes the size of a request to prepare a job
 * @param preparedJobs how many jobs may be prepared and not yet run
 * @param preparedFor how long a prepared job waits to be run
 * @param finishedJobs how many ended jobs are remembered
 * @param finishedFor how long an ended job is remembered
 * @param artifactBytes what the files of one job may take together
 * @param historyBytes what a job's messages that are kept for late readers may take, about
 * @param clientMessageBytes the largest message that clients take from the job service
 * @param keepArtifacts whether a job's files stay until the job is forgotten, not until its end
 */
public record JobLimits(
    int prepareBytes,
    int preparedJobs,
    Duration preparedFor,
    int finishedJobs,
    Duration finishedFor,
    long artifactBytes,
    int historyBytes,
    int clientMessageBytes,
    boolean keepArtifacts) {

  /** Limits for a server that somebody runs on a machine of their own. */
  public static JobLimits defaults() {
    return new JobLimits(
        256 << 20,
        1_000,
        Duration.ofHours(1),
        100,
        Duration.ofDays(1),
        4L << 30,
        1 << 20,
        4 << 20,
        false);
  }

  /** The same with another cap on requests to prepare a job. */
  public JobLimits withPrepareBytes(int bytes) {
    return new JobLimits(
        bytes,
        preparedJobs,
        preparedFor,
        finishedJobs,
        finishedFor,
        artifactBytes,
        historyBytes,
        clientMessageBytes,
        keepArtifacts);
  }

  /** The same with other limits for jobs that are not run. */
  public JobLimits withPrepared(int jobs, Duration time) {
    return new JobLimits(
        prepareBytes,
        jobs,
        time,
        finishedJobs,
        finishedFor,
        artifactBytes,
        historyBytes,
        clientMessageBytes,
        keepArtifacts);
  }

  /** The same with another memory of ended jobs. */
  public JobLimits withFinished(int jobs, Duration time) {
    return new JobLimits(
        prepareBytes,
        preparedJobs,
        preparedFor,
        jobs,
        time,
        artifactBytes,
        historyBytes,
        clientMessageBytes,
        keepArtifacts);
  }

  /** The same with another quota for the files of a job. */
  public JobLimits withArtifacts(long bytes, boolean keep) {
    return new JobLimits(
        prepareBytes,
        preparedJobs,
        preparedFor,
        finishedJobs,
        finishedFor,
        bytes,
        historyBytes,
        clientMessageBytes,
        keep);
  }
}
