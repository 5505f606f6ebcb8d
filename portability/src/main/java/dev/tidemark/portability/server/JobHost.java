package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.launch.JobJvms;
import dev.tidemark.portability.environment.launch.LaunchSettings;
import dev.tidemark.portability.environment.launch.Launchers;
import dev.tidemark.portability.job.JobExecutions;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.state.directory.StateHome;
import java.io.IOException;

/** What runs the jobs of a server, opened when the server's options are known. */
@FunctionalInterface
interface JobHost {

  /**
   * Opens it.
   *
   * @param states where jobs keep their state that ask for it
   * @throws IOException if it cannot listen for workers
   * @throws InvalidServerOptionException if an option makes no sense
   */
  Hosted open(WorkerOptions options, JobServerSettings settings, StateHome states)
      throws IOException, InvalidServerOptionException;

  /** An open host; closed after the server. */
  record Hosted(JobExecutions executions, Runnable closing) implements AutoCloseable {
    @Override
    public void close() {
      closing.run();
    }
  }

  /**
   * Java jobs that ask for it run in JVMs of their own, all others in this process, but for the
   * functions of their users, which run in SDK harnesses.
   */
  static JobHost harnesses() {
    return (options, settings, states) -> {
      LaunchSettings launching = options.launching(settings);
      SdkHarnesses harnesses =
          SdkHarnesses.start(Launchers.of(launching), options.listeners(settings));
      return new Hosted(
          new JvmJobs(
              new JobJvms(launching),
              harnesses,
              states,
              new HostedJobs(harnesses, states, new MemoryBudget(settings.memoryBytes()))),
          harnesses::close);
    };
  }
}
