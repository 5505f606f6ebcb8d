package dev.tidemark.portability.environment;

import java.util.concurrent.CompletableFuture;

/**
 * A worker that was started, whether or not it has connected.
 *
 * <p>Thread-safe.
 */
public interface LaunchedWorker extends AutoCloseable {

  /**
   * Completes when it has ended, with how it did, and its last words; never completes if that
   * cannot be seen from here.
   */
  CompletableFuture<String> ended();

  /** What it wrote last; empty if that is not known. */
  String lastWords();

  /** Asks it to end, without waiting. */
  void requestEnd();

  /** Ends it, and waits until nothing is left of it. */
  @Override
  void close();
}
