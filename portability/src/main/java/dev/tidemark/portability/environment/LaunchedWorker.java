package dev.tidemark.portability.environment;

import java.util.concurrent.CompletableFuture;

/**
 * A worker that was started, whether or not it has connected.
 *
 * <p>Thread-safe.
 */
public interface LaunchedWorker extends AutoCloseable {

  /**
   * Completes when it has ended, with how it did, and its last words; never completes for one that
   * is not {@link #watched}.
   */
  CompletableFuture<String> ended();

  /** Whether its end can be seen from here. */
  boolean watched();

  /** What it wrote last; empty if that is not known. */
  String lastWords();

  /** Asks it to end, without waiting. */
  void requestEnd();

  /** Ends it, and waits until nothing is left of it. */
  @Override
  void close();
}
