package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.JobDescription;
import dev.tidemark.runner.state.directory.StateDirectory;
import java.nio.file.Path;
import java.util.function.Function;

/** Runs of jobs that keep their state in a directory. */
public final class DurableJobs {
  private DurableJobs() {}

  /**
   * Opens a directory for a job, and makes the run that uses it until it ends.
   *
   * @param directory made if it is not there
   * @param job compared with what wrote the state that is there
   * @param options what may become of state that does not fit, and the snapshot to begin with
   * @param run makes the run of the store, which is closed after it
   * @throws dev.tidemark.runner.state.StateException if the directory cannot be used, or its state
   *     does not fit the job; then nothing was made
   */
  public static Execution open(
      Path directory,
      JobDescription job,
      TidemarkOptions options,
      Function<StateStore, Execution> run) {
    JobStore store = JobStore.open(StateDirectory.open(directory), job, options);
    try {
      return new DurableExecution(run.apply(store.store()), store, null);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }
}
