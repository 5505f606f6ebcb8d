package dev.tidemark.portability.environment;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * A way to start workers of an environment.
 *
 * <p>Thread-safe.
 */
public interface Launcher {

  /**
   * What keeps workers of an environment from being started this way, and what to do about it; null
   * if nothing is known to. Answers at once, and starts nothing.
   */
  @Nullable String problem(RunnerApi.Environment environment);

  /**
   * Whether the workers that it starts for an environment of a job speak TLS with the server. They
   * are told of an address for that only then.
   */
  default boolean speaksTls(LaunchJob job, String environmentId, RunnerApi.Environment environment)
      throws LaunchException {
    return false;
  }

  /**
   * Starts a worker, and does not wait for it to connect. What it needs is prepared first, which
   * may take minutes and is told to the job's log.
   */
  LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException;
}
