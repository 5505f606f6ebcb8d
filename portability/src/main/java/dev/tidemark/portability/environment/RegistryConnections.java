package dev.tidemark.portability.environment;

import dev.tidemark.portability.fn.WorkerConnection;
import dev.tidemark.portability.fn.WorkerRegistry;
import dev.tidemark.portability.fn.WorkerSpec;
import dev.tidemark.portability.worker.SdkWorker;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Workers that connect to the services of the Fn API.
 *
 * <p>Thread-safe.
 */
public final class RegistryConnections implements WorkerConnections {

  /** Says what the services must know of a worker. */
  @FunctionalInterface
  public interface Specs {
    /**
     * For one worker.
     *
     * @param lost belongs into the specification
     */
    WorkerSpec of(String environmentId, Consumer<String> lost);
  }

  private final WorkerRegistry registry;
  private final Specs specs;

  /** Registers the workers of one job. */
  public RegistryConnections(WorkerRegistry registry, Specs specs) {
    this.registry = registry;
    this.specs = specs;
  }

  @Override
  public Expected expect(String environmentId) {
    CompletableFuture<String> lost = new CompletableFuture<>();
    WorkerSpec spec = specs.of(environmentId, lost::complete);
    return new Registered(registry.register(spec), WorkerEndpoints.all(spec.endpoint()), lost);
  }

  private record Registered(
      WorkerConnection connection, WorkerEndpoints endpoints, CompletableFuture<String> lost)
      implements Expected {

    @Override
    public String workerId() {
      return connection.id();
    }

    @Override
    public CompletableFuture<SdkWorker> connected() {
      return connection.connected();
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
