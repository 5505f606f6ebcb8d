package dev.tidemark.portability.environment;

import org.jspecify.annotations.Nullable;

/**
 * Where a worker finds the server, each as {@code host:port}.
 *
 * <p>Immutable.
 *
 * @param status null if workers are not asked for their status
 * @param tls null for plaintext
 */
public record WorkerEndpoints(
    String control,
    String logging,
    String artifact,
    String provision,
    @Nullable String status,
    @Nullable WorkerCertificates tls) {

  /** One address for everything, in plaintext. */
  public static WorkerEndpoints all(String endpoint) {
    return all(endpoint, null);
  }

  /** One address for everything, with TLS; with {@code null} in plaintext. */
  public static WorkerEndpoints all(String endpoint, @Nullable WorkerCertificates tls) {
    return new WorkerEndpoints(endpoint, endpoint, endpoint, endpoint, endpoint, tls);
  }
}
