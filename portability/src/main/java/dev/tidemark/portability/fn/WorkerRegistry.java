package dev.tidemark.portability.fn;

import java.security.SecureRandom;
import java.util.HexFormat;
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
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong instructions = new AtomicLong();
  private final Map<String, RemoteWorker> workers = new ConcurrentHashMap<>();
  private final Descriptors descriptors = new Descriptors();

  /** Admits one worker, under a new id; close the connection when it has ended. */
  public WorkerConnection register(WorkerSpec spec) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    RemoteWorker worker =
        new RemoteWorker(
            HexFormat.of().formatHex(id),
            spec,
            descriptors,
            () -> "instruction-" + instructions.incrementAndGet());
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
