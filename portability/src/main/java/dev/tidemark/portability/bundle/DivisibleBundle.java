package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.SharedWork;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bundle that a lane waits for, and of which another lane may take a part. The other lane waits
 * until the first has asked the worker to split it.
 *
 * <p>Thread-safe.
 */
final class DivisibleBundle implements SharedWork.Work {
  private final long hold;
  private volatile double remaining;
  private @Nullable CompletableFuture<@Nullable BundlePart> wanted;
  private boolean closed;

  /** One that emits nothing before {@code hold}, in milliseconds. */
  DivisibleBundle(long hold) {
    this.hold = hold;
  }

  @Override
  public long hold() {
    return hold;
  }

  @Override
  public double remaining() {
    return remaining;
  }

  /** How many elements are left of it, about; from the lane that has it. */
  void remaining(double elements) {
    remaining = elements;
  }

  @Override
  public @Nullable Object divide() {
    CompletableFuture<@Nullable BundlePart> part = new CompletableFuture<>();
    synchronized (this) {
      if (closed || wanted != null) {
        return null;
      }
      wanted = part;
    }
    return part.join();
  }

  /** Whether another lane waits for a part. */
  synchronized boolean isWanted() {
    return wanted != null;
  }

  /** Gives a part to the lane that waits for it, or none. */
  void give(@Nullable BundlePart part) {
    CompletableFuture<@Nullable BundlePart> waiting;
    synchronized (this) {
      waiting = wanted;
      wanted = null;
    }
    if (waiting != null) {
      waiting.complete(part);
    }
  }

  /** Nobody gets a part any more. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    give(null);
  }
}
