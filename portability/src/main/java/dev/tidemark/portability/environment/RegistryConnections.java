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
     * @param endpoint where it finds the services, {@code host:port}
     * @param lost belongs into the specification
     */
    WorkerSpec of(String environmentId, String endpoint, Consumer<String> lost);
  }

  private final WorkerRegistry registry;
  private final WorkerAddresses addresses;
  private final Specs specs;

  /** Registers the workers of one job, which find the server at one of these addresses. */
  public RegistryConnections(WorkerRegistry registry, WorkerAddresses addresses, Specs specs) {
    this.registry = registry;
    this.addresses = addresses;
    this.specs = specs;
  }

  @Override
  public Expected expect(String environmentId, boolean speaksTls) {
    CompletableFuture<String> lost = new CompletableFuture<>();
    WorkerEndpoints endpoints = addresses.of(speaksTls);
    WorkerSpec spec = specs.of(environmentId, endpoints.control(), lost::complete);
    return new Registered(registry.register(spec), endpoints, lost);
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
