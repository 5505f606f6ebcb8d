package dev.tidemark.portability.environment;

import org.jspecify.annotations.Nullable;

/**
 * Where workers of either kind find the server.
 *
 * <p>Immutable.
 *
 * @param plaintext for workers that speak no TLS
 * @param tls for those that do; null if the server does not
 */
public record WorkerAddresses(WorkerEndpoints plaintext, @Nullable WorkerEndpoints tls) {

  /** Plaintext only, all services at one address. */
  public static WorkerAddresses plaintext(String endpoint) {
    return new WorkerAddresses(WorkerEndpoints.all(endpoint), null);
  }

  /** Where a worker is to connect. */
  public WorkerEndpoints of(boolean speaksTls) {
    return speaksTls && tls != null ? tls : plaintext;
  }
}
