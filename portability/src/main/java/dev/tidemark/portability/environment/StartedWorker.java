package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.SdkWorker;

/**
 * A worker that has connected, with what ends it.
 *
 * <p>Thread-safe.
 *
 * @param startedNanos {@link System#nanoTime} when it had connected
 */
record StartedWorker(
    SdkWorker worker,
    WorkerConnections.Expected connection,
    LaunchedWorker launched,
    long startedNanos)
    implements AutoCloseable {

  /** Sees to it that neither end outlives the other. */
  void bind() {
    launched.ended().thenAccept(worker::abandon);
    connection.lost().thenRun(launched::requestEnd);
  }

  @Override
  public void close() {
    connection.close();
    launched.close();
  }
}
