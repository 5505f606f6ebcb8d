package dev.tidemark.portability.fn;

import dev.tidemark.portability.worker.WorkerLostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusResponse;

/**
 * Asks a worker what it is doing.
 *
 * <p>Thread-safe.
 */
final class WorkerStatus {
  private final Outbound<WorkerStatusRequest> requests = new Outbound<>(() -> {});
  private final AtomicLong number = new AtomicLong();
  private final Map<String, CompletableFuture<String>> asked = new ConcurrentHashMap<>();

  Outbound<WorkerStatusRequest> requests() {
    return requests;
  }

  CompletableFuture<String> ask() {
    String id = "status-" + number.incrementAndGet();
    CompletableFuture<String> answer = new CompletableFuture<>();
    asked.put(id, answer);
    if (requests.isOpen()) {
      requests.send(WorkerStatusRequest.newBuilder().setId(id).build());
    } else {
      left();
    }
    return answer;
  }

  /** An answer; one that nobody waits for is dropped. */
  void answered(WorkerStatusResponse response) {
    CompletableFuture<String> answer = asked.remove(response.getId());
    if (answer != null) {
      answer.complete(
          response.getError().isEmpty() ? response.getStatusInfo() : response.getError());
    }
  }

  /** The stream has ended: nobody will be answered. */
  void left() {
    for (String id : asked.keySet()) {
      CompletableFuture<String> answer = asked.remove(id);
      if (answer != null) {
        answer.completeExceptionally(
            new WorkerLostException("The worker has no status stream, or has closed it"));
      }
    }
  }
}
