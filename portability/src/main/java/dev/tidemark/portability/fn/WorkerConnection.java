package dev.tidemark.portability.fn;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerLostException;
import java.util.concurrent.CompletableFuture;

/**
 * A worker that may call: from its registration until it is closed.
 *
 * <p>Thread-safe.
 */
public final class WorkerConnection implements AutoCloseable {
  private final RemoteWorker worker;
  private final WorkerRegistry registry;

  WorkerConnection(RemoteWorker worker, WorkerRegistry registry) {
    this.worker = worker;
    this.registry = registry;
  }

  /** The id that the worker must send as metadata {@code worker_id}; 128 random bits in hex. */
  public String id() {
    return worker.id();
  }

  /**
   * The worker, as soon as it has opened its control stream; fails with {@link WorkerLostException}
   * if it is lost or closed before. Who waits sets the time limit.
   */
  public CompletableFuture<SdkWorker> connected() {
    return worker.connected();
  }

  /**
   * What the worker says about itself: its threads and bundles, in a text for people. Fails with
   * {@link WorkerLostException} if it is lost, or has no status stream.
   */
  public CompletableFuture<String> status() {
    return worker.status();
  }

  /** Its last log lines, the newest last; may be empty. */
  public String lastWords() {
    return worker.lastWords();
  }

  /**
   * Ends it as lost, for instance because its process has ended. What it logs is still heard until
   * {@link #close}, as its last words may be under way.
   */
  public void fail(String reason) {
    worker.abandon(reason);
  }

  /**
   * Ends its streams; its id is void from now on. It is left to end its log stream, but what it
   * still logs is dropped.
   */
  @Override
  public void close() {
    registry.unregister(worker);
  }
}
