package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.launch.JobJvms;
import dev.tidemark.portability.job.JobDescription;
import dev.tidemark.portability.job.JobExecution;
import dev.tidemark.portability.job.JobExecutions;
import dev.tidemark.portability.job.JobRefusedException;
import dev.tidemark.portability.job.artifact.StagedArtifacts;
import dev.tidemark.runner.job.JobOptions;
import dev.tidemark.runner.job.remote.RemoteEnvironment;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.StateHome;
import java.util.ArrayList;
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
  private final StateHome states;
  private final JobExecutions others;

  /**
   * Chooses by pipeline.
   *
   * @param harnesses say which environments cannot be started here
   * @param states where jobs keep their state that ask for it
   * @param others runs every other job
   */
  JvmJobs(JobJvms jvms, JobHarnesses harnesses, StateHome states, JobExecutions others) {
    this.jvms = jvms;
    this.harnesses = harnesses;
    this.states = states;
    this.others = others;
  }

  @Override
  public Prepared prepare(JobDescription job) throws JobRefusedException {
    Optional<String> environment = jvms.environment(job.pipeline());
    if (environment.isEmpty()) {
      return others.prepare(job);
    }
    // Its client has translated it; what is in it only its JVM may find out.
    List<String> problems = new ArrayList<>(harnesses.problems(job.pipeline()));
    Optional<NamedState> state = Optional.empty();
    try {
      state = state(job, environment.get());
    } catch (IllegalArgumentException | StateException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!problems.isEmpty()) {
      throw new JobRefusedException(problems);
    }
    Optional<JobJvms.State> kept =
        state.map(
            named -> new JobJvms.State(named.directory(), Optional.ofNullable(named.snapshot())));
    return (pipeline, artifacts) -> run(job, environment.get(), pipeline, artifacts, kept);
  }

  private Optional<NamedState> state(JobDescription job, String environment) {
    Optional<NamedState> state =
        NamedState.of(JobOptions.prepare(ClientOptions.of(job.options(), job.jobName())), states);
    if (state.isPresent()
        && !job.pipeline()
            .getComponents()
            .getEnvironmentsOrThrow(environment)
            .getCapabilitiesList()
            .contains(RemoteEnvironment.STATE_CAPABILITY)) {
      throw new IllegalArgumentException(
          "The version of Tidemark on the job's class path cannot keep state on a server: use a"
              + " newer one, or leave out --stateName.");
    }
    return state;
  }

  private JobExecution run(
      JobDescription job,
      String environment,
      RunnerApi.Pipeline pipeline,
      StagedArtifacts artifacts,
      Optional<JobJvms.State> state) {
    List<StagedFile> files = WorkerFiles.of(artifacts, environment);
    return new JvmJob(
        output -> jvms.start(pipeline, environment, files, job.options(), state, output));
  }
}
