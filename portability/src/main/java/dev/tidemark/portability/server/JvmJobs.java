package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.launch.JobJvms;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobExecution;
import dev.tidemark.portability.job.JobExecutions;
import dev.tidemark.portability.job.JobRefusedException;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import java.util.List;
import java.util.Optional;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Runs Java jobs that ask for it in JVMs of their own, and leaves all others to somebody else.
 *
 * <p>Thread-safe.
 */
final class JvmJobs implements JobExecutions {
  private final JobJvms jvms;
  private final JobHarnesses harnesses;
  private final JobExecutions others;

  /**
   * Chooses by pipeline.
   *
   * @param harnesses say which environments cannot be started here
   * @param others runs every other job
   */
  JvmJobs(JobJvms jvms, JobHarnesses harnesses, JobExecutions others) {
    this.jvms = jvms;
    this.harnesses = harnesses;
    this.others = others;
  }

  @Override
  public Prepared prepare(JobDescription job) throws JobRefusedException {
    Optional<String> environment = jvms.environment(job.pipeline());
    if (environment.isEmpty()) {
      return others.prepare(job);
    }
    // Its client has translated it; what is in it only its JVM may find out.
    List<String> problems = harnesses.problems(job.pipeline());
    if (!problems.isEmpty()) {
      throw new JobRefusedException(problems);
    }
    return (pipeline, artifacts) -> run(job, environment.get(), pipeline, artifacts);
  }

  private JobExecution run(
      JobDescription job,
      String environment,
      RunnerApi.Pipeline pipeline,
      StagedArtifacts artifacts) {
    List<StagedFile> files = WorkerFiles.of(artifacts, environment);
    return new JvmJob(output -> jvms.start(pipeline, environment, files, job.options(), output));
  }
}
