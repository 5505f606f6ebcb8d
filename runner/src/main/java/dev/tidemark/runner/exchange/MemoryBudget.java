package dev.tidemark.runner.exchange;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much memory several users may take together; who gets none goes to disk. A budget may have
 * parts, which are limits within it.
 *
 * <p>Who knows in advance what it takes asks for it and gets it or not ({@link #tryReserve}). Who
 * grows bit by bit has a {@link MemoryShare}.
 *
 * <p>Thread-safe.
 */
public final class MemoryBudget {
  private final long limit;
  private final @Nullable MemoryBudget whole;
  private final AtomicLong taken = new AtomicLong();

  /** Makes a budget of {@code limitBytes}, of which nothing is taken. */
  public MemoryBudget(long limitBytes) {
    this(limitBytes, null);
  }

  private MemoryBudget(long limitBytes, @Nullable MemoryBudget whole) {
    this.limit = limitBytes;
    this.whole = whole;
  }

  /**
   * A part of this budget: what is taken of it is taken of the whole too.
   *
   * @param limitBytes the most that may be taken of it; not set aside for it
   */
  public MemoryBudget part(long limitBytes) {
    return new MemoryBudget(limitBytes, this);
  }

  /** A share of this budget, of which nothing is used. */
  public MemoryShare share() {
    return new MemoryShare(this);
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }

  /** How many bytes are in use. */
  public long taken() {
    return taken.get();
  }

  /** How many bytes are left; less than none if more is in use than there is. */
  public long free() {
    long own = limit - taken.get();
    return whole == null ? own : Math.min(own, whole.free());
  }

  /** Takes {@code bytes}, to be given back by {@link #release}; or takes nothing, false. */
  public boolean tryReserve(long bytes) {
    if (taken.addAndGet(bytes) <= limit && (whole == null || whole.tryReserve(bytes))) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /** Takes {@code bytes}, or gives them back where they are less than zero, whatever is left. */
  void take(long bytes) {
    taken.addAndGet(bytes);
    if (whole != null) {
      whole.take(bytes);
    }
  }

  /** Gives back what was taken. */
  public void release(long bytes) {
    take(-bytes);
  }
}
