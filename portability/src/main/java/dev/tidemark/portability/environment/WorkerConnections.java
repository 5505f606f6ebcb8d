package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.SdkWorker;
import java.util.concurrent.CompletableFuture;

/**
 * The server's end: where the workers of one job connect.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface WorkerConnections {

  /**
   * Makes a new worker id, and expects that worker from now on.
   *
   * @param speaksTls whether it can; it has to if the server can
   */
  Expected expect(String environmentId, boolean speaksTls);

  /**
   * A worker that may connect.
   *
   * <p>Thread-safe.
   */
  interface Expected extends AutoCloseable {

    /** Its id: 128 random bits, also its token. */
    String workerId();

    /** Where it finds the server. */
    WorkerEndpoints endpoints();

    /** Completes when it has connected. */
    CompletableFuture<SdkWorker> connected();

    /** Completes with the reason when it was connected and is lost. */
    CompletableFuture<String> lost();

    /** Ends its streams, and expects it no more. */
    @Override
    void close();
  }
}
