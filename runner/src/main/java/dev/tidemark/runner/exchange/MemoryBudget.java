package dev.tidemark.runner.exchange;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory several users may take together; who gets none goes to disk.
 *
 * <p>Thread-safe.
 */
public final class MemoryBudget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  /** Makes a budget of {@code limitBytes}, of which nothing is taken. */
  public MemoryBudget(long limitBytes) {
    this.limit = limitBytes;
  }

  /** A budget of the given part of the largest heap that this JVM may have. */
  public static MemoryBudget ofHeap(int divisor) {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / divisor);
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }

  /** Takes {@code bytes}, to be given back by {@link #release}; or takes nothing, false. */
  public boolean tryReserve(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /** Gives back what was taken. */
  public void release(long bytes) {
    taken.addAndGet(-bytes);
  }
}
