package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerLostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts workers of one environment, one try at a time.
 *
 * <p>Thread-safe.
 */
final class WorkerStarter {
  private final LaunchJob job;
  private final String environmentId;
  private final EnvironmentLaunchers.Choice choice;
  private final WorkerConnections connections;
  private final Duration timeout;
  private final CompletableFuture<Void> jobEnded;

  WorkerStarter(
      LaunchJob job,
      String environmentId,
      EnvironmentLaunchers.Choice choice,
      WorkerConnections connections,
      Duration timeout,
      CompletableFuture<Void> jobEnded) {
    this.job = job;
    this.environmentId = environmentId;
    this.choice = choice;
    this.connections = connections;
    this.timeout = timeout;
    this.jobEnded = jobEnded;
  }

  /**
   * Starts one, and waits until it has connected.
   *
   * @throws WorkerLostException if it cannot be started, ends, or does not connect in time
   */
  StartedWorker start() throws WorkerLostException, InterruptedException {
    WorkerConnections.Expected connection = connections.expect(environmentId, speaksTls());
    LaunchedWorker launched = null;
    boolean connected = false;
    try {
      launched =
          choice
              .launcher()
              .start(
                  new WorkerStart(
                      job,
                      environmentId,
                      choice.environment(),
                      connection.workerId(),
                      connection.endpoints()));
      SdkWorker worker = await(connection, launched);
      StartedWorker started = new StartedWorker(worker, connection, launched, System.nanoTime());
      started.bind();
      connected = true;
      return started;
    } catch (LaunchException e) {
      throw new WorkerLostException(String.valueOf(e.getMessage()));
    } finally {
      if (!connected) {
        connection.close();
        if (launched != null) {
          launched.close();
        }
      }
    }
  }

  private boolean speaksTls() throws WorkerLostException {
    try {
      return choice.launcher().speaksTls(job, environmentId, choice.environment());
    } catch (LaunchException e) {
      throw new WorkerLostException(String.valueOf(e.getMessage()));
    }
  }

  private SdkWorker await(WorkerConnections.Expected connection, LaunchedWorker launched)
      throws WorkerLostException, InterruptedException {
    CompletableFuture<SdkWorker> connected = connection.connected();
    CompletableFuture<String> ended = launched.ended();
    try {
      CompletableFuture.anyOf(connected, ended, jobEnded)
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new WorkerLostException(
          "a worker did not connect within %d s of its start%s"
              .formatted(timeout.toSeconds(), quoted(launched.lastWords())));
    } catch (ExecutionException e) {
      throw new WorkerLostException(
          "a worker did not connect: "
              + (e.getCause() instanceof WorkerLostException lost
                  ? lost.getMessage()
                  : e.getCause())
              + quoted(launched.lastWords()));
    }
    if (jobEnded.isDone()) {
      throw new WorkerLostException("the job has ended");
    }
    if (connected.isDone()) {
      return connected.join();
    }
    throw new WorkerLostException(ended.join() + " before it had connected");
  }

  private static String quoted(String lastWords) {
    return lastWords.isEmpty() ? "" : "; its last output:\n" + lastWords;
  }
}
