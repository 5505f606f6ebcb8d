package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchedWorker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A worker that a pool has started: all that is seen of it is its connection.
 *
 * <p>Thread-safe.
 */
final class PoolWorker implements LaunchedWorker {
  private final WorkerPool pool;
  private final String workerId;
  private final AtomicBoolean stopped = new AtomicBoolean();

  PoolWorker(WorkerPool pool, String workerId) {
    this.pool = pool;
    this.workerId = workerId;
  }

  @Override
  public CompletableFuture<String> ended() {
    return new CompletableFuture<>();
  }

  @Override
  public boolean watched() {
    return false;
  }

  @Override
  public String lastWords() {
    return "";
  }

  @Override
  public void requestEnd() {
    // Its connection has ended, so it does; the pool is told when somebody can wait for it.
  }

  @Override
  public void close() {
    if (stopped.compareAndSet(false, true)) {
      pool.stop(workerId);
    }
  }
}
