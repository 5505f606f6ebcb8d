package dev.tidemark.portability.server;

import dev.tidemark.portability.job.JobExecutions;
import java.io.IOException;

/** What runs the jobs of a server, opened when the server's options are known. */
@FunctionalInterface
interface JobHost {

  /**
   * Opens it.
   *
   * @throws IOException if it cannot listen for workers
   * @throws InvalidServerOptionException if an option makes no sense
   */
  Hosted open(WorkerOptions options, JobServerSettings settings)
      throws IOException, InvalidServerOptionException;

  /** An open host; closed after the server. */
  record Hosted(JobExecutions executions, Runnable closing) implements AutoCloseable {
    @Override
    public void close() {
      closing.run();
    }
  }

  /** Jobs run in this process, the functions of their users in SDK harnesses. */
  static JobHost harnesses() {
    return (options, settings) -> {
      SdkHarnesses harnesses = SdkHarnesses.start(options.launchers(settings), options.listener());
      return new Hosted(new HostedJobs(harnesses), harnesses::close);
    };
  }
}
