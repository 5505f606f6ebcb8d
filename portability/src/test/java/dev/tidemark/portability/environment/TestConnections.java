package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/** Connections without a network: a test says when a worker connects, and when it is lost. */
final class TestConnections implements WorkerConnections {
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<String, Connection> open = new ConcurrentHashMap<>();

  @Override
  public Expected expect(String environmentId, boolean speaksTls) {
    Connection connection = new Connection("worker-" + ids.incrementAndGet());
    open.put(connection.workerId(), connection);
    return connection;
  }

  /** What a worker does first. */
  void connect(String workerId) {
    Connection connection = open.get(workerId);
    if (connection != null) {
      connection.connected.complete(connection.worker);
    }
  }

  /** Loses a worker, as when its stream breaks. */
  void lose(SdkWorker worker) {
    worker.abandon("the stream broke");
  }

  /** Has something done when a worker's connection is closed, from here. */
  void whenClosed(String workerId, Runnable action) {
    Connection connection = open.get(workerId);
    if (connection != null) {
      connection.closed.thenRun(action);
    }
  }

  int openCount() {
    return open.size();
  }

  private final class Connection implements Expected {
    private final String id;
    private final CompletableFuture<SdkWorker> connected = new CompletableFuture<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final SdkWorker worker = new Worker(this);

    Connection(String id) {
      this.id = id;
    }

    @Override
    public String workerId() {
      return id;
    }

    @Override
    public WorkerEndpoints endpoints() {
      return WorkerEndpoints.all("localhost:1");
    }

    @Override
    public CompletableFuture<SdkWorker> connected() {
      return connected;
    }

    @Override
    public CompletableFuture<String> lost() {
      return lost;
    }

    @Override
    public void close() {
      open.remove(id);
      closed.complete(null);
    }
  }

  /** A worker that does nothing but live. */
  private record Worker(Connection connection) implements SdkWorker {
    @Override
    public String id() {
      return connection.id;
    }

    @Override
    public boolean alive() {
      return !connection.lost.isDone() && !connection.closed.isDone();
    }

    @Override
    public String abandon(String reason) {
      // What was closed cannot be lost.
      if (!connection.closed.isDone()) {
        connection.lost.complete(reason);
      }
      return reason;
    }

    @Override
    public CompletableFuture<String> status() {
      throw new UnsupportedOperationException("only bundles are asked about");
    }

    @Override
    public void register(BeamFnApi.ProcessBundleDescriptor descriptor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public WorkerBundle start(
        BeamFnApi.ProcessBundleRequest request, Consumer<? super BundleEvent> events) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<BeamFnApi.InstructionResponse> ask(
        BeamFnApi.InstructionRequest request) {
      throw new UnsupportedOperationException();
    }
  }
}
