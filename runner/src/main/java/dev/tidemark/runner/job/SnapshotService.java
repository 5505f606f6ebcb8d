package dev.tidemark.runner.job;

import dev.tidemark.runner.state.directory.SnapshotRequests;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the snapshots of a running job for which other processes ask, on a thread of its own.
 *
 * <p>Thread-safe.
 */
final class SnapshotService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotService.class);
  private static final long PERIOD_MILLIS = 200;

  private final SnapshotRequests requests;
  private final Function<String, Path> snapshot;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Makes a service that does not answer yet.
   *
   * @param snapshot takes a snapshot of a name
   */
  SnapshotService(String jobName, SnapshotRequests requests, Function<String, Path> snapshot) {
    this.requests = requests;
    this.snapshot = snapshot;
    this.thread = new Thread(this::run, "tidemark-snapshots-" + jobName);
    // It keeps no JVM: the job does.
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        try {
          requests.answer(System::currentTimeMillis, snapshot);
        } catch (RuntimeException e) {
          LOG.warn("a request for a snapshot was not answered", e);
        }
      } while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the thread to end; a snapshot that has begun goes on as long as the store is open. */
  @Override
  public void close() {
    closed.countDown();
  }
}
