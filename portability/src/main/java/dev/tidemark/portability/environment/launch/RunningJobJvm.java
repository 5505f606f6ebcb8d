package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.process.ChildProcess;
import dev.tidemark.runner.job.jvm.JobJvm;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The JVM of a job.
 *
 * <p>Thread-safe.
 */
public final class RunningJobJvm implements AutoCloseable {
  private final String token;
  private final Consumer<? super String> output;
  private final CompletableFuture<ChildProcess> process = new CompletableFuture<>();
  private final CompletableFuture<String> endpoint = new CompletableFuture<>();

  RunningJobJvm(String token, Consumer<? super String> output) {
    this.token = token;
    this.output = output;
  }

  void runs(ChildProcess child) {
    process.complete(child);
  }

  void line(String text) {
    // Nothing of the client has run before that line.
    if (!endpoint.isDone() && text.startsWith(JobJvm.LISTENS)) {
      endpoint.complete("127.0.0.1:" + text.substring(JobJvm.LISTENS.length()));
    } else {
      output.accept(text);
    }
  }

  /** Completes with where it listens, {@code host:port}; never, if it ends before that. */
  public CompletableFuture<String> endpoint() {
    return endpoint.copy();
  }

  /** What calls must bear. */
  public String token() {
    return token;
  }

  /** Completes when it is gone, with how it went, and its last words. */
  public CompletableFuture<String> ended() {
    ChildProcess child = process.join();
    return child
        .ended()
        .thenApply(status -> child.describe(status) + "; it said last:\n" + child.lastWords());
  }

  /** Asks it to end, without waiting. */
  public void requestEnd() {
    process.join().requestEnd();
  }

  /** Ends it, and waits until nothing is left of it, its folder neither. */
  @Override
  public void close() {
    process.join().close();
  }
}
