package dev.tidemark.portability.environment;

import org.jspecify.annotations.Nullable;

/**
 * Where a worker finds the server, each as {@code host:port}.
 *
 * <p>Immutable.
 *
 * @param status null if workers are not asked for their status
 */
public record WorkerEndpoints(
    String control, String logging, String artifact, String provision, @Nullable String status) {

  /** One address for everything. */
  public static WorkerEndpoints all(String endpoint) {
    return new WorkerEndpoints(endpoint, endpoint, endpoint, endpoint, endpoint);
  }
}
