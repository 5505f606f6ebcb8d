package dev.tidemark.portability.fn;

import dev.tidemark.portability.id.RandomIds;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The workers that may call the server, of all jobs.
 *
 * <p>Thread-safe.
 */
public final class WorkerRegistry {
  private final RandomIds ids = new RandomIds();
  private final AtomicLong instructions = new AtomicLong();
  private final Map<String, RemoteWorker> workers = new ConcurrentHashMap<>();
  private final Descriptors descriptors = new Descriptors();

  /** Admits one worker, under a new id; close the connection when it has ended. */
  public WorkerConnection register(WorkerSpec spec) {
    RemoteWorker worker =
        new RemoteWorker(
            ids.next(), spec, descriptors, () -> "instruction-" + instructions.incrementAndGet());
    workers.put(worker.id(), worker);
    return new WorkerConnection(worker, this);
  }

  /**
   * What the worker with this id was registered with; empty if there is none, or it was closed. For
   * other services that workers call.
   */
  public Optional<WorkerSpec> spec(String workerId) {
    return worker(workerId).map(RemoteWorker::spec);
  }

  Optional<RemoteWorker> worker(String workerId) {
    return Optional.ofNullable(workers.get(workerId));
  }

  Descriptors descriptors() {
    return descriptors;
  }

  void unregister(RemoteWorker worker) {
    if (workers.remove(worker.id(), worker)) {
      worker.close();
    }
  }
}
