package dev.tidemark.runner.stage.beam;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs when its time has come, at most once, unless it is cancelled before. Who cancels
 * it while it runs waits for its end, so that nothing of it comes after a cancellation.
 *
 * <p>Thread-safe.
 */
final class Deadline implements ScheduledFuture<Object> {
  private final long atNanos;

  /** Null when it was run or cancelled: a slot may hold this for long. */
  private @Nullable Runnable task;

  private boolean cancelled;
  private @Nullable Throwable thrown;

  /**
   * Makes one that waits.
   *
   * @param atNanos when it is to run, by {@link System#nanoTime}
   */
  Deadline(Runnable task, long atNanos) {
    this.task = task;
    this.atNanos = atNanos;
  }

  long atNanos() {
    return atNanos;
  }

  /** Runs the task if it still waits. What it throws is for {@link #get}. */
  synchronized void run() {
    Runnable waiting = task;
    if (waiting != null) {
      task = null;
      try {
        waiting.run();
      } catch (Throwable t) {
        thrown = t;
      }
      notifyAll();
    }
  }

  @Override
  public synchronized boolean cancel(boolean mayInterruptIfRunning) {
    if (task != null) {
      task = null;
      cancelled = true;
      notifyAll();
    }
    return cancelled;
  }

  @Override
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  @Override
  public synchronized boolean isDone() {
    return task == null;
  }

  @Override
  public synchronized @Nullable Object get() throws InterruptedException, ExecutionException {
    while (task != null) {
      wait();
    }
    return result();
  }

  @Override
  public synchronized @Nullable Object get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    while (task != null) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException();
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return result();
  }

  private @Nullable Object result() throws ExecutionException {
    if (cancelled) {
      throw Cancelled.INSTANCE;
    }
    if (thrown != null) {
      throw new ExecutionException(thrown);
    }
    return null;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
  }

  /** Thrown for almost every element of a splittable function, so it has no stack trace. */
  private static final class Cancelled extends CancellationException {
    private static final long serialVersionUID = 1L;
    private static final Cancelled INSTANCE = new Cancelled();

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
