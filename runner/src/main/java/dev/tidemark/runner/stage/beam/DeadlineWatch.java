package dev.tidemark.runner.stage.beam;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks that are all due after the same time, few of which are not cancelled before. A task is
 * put into a slot and taken out again, which wakes nobody. One thread looks at all slots when the
 * first task that it knows of is due, or when one that it does not know of may be: as all wait
 * equally long, that is not before the time has passed once more. When no slot was used meanwhile,
 * the thread sleeps until one is.
 *
 * <p>Thread-safe, but for the slots.
 */
final class DeadlineWatch implements AutoCloseable {
  private static final long CLOSE_MILLIS = 10_000;

  private final long delayNanos;
  private final Thread thread;
  private final List<Slot> slots = new CopyOnWriteArrayList<>();

  /** Whether the thread has to be woken, or started, by who uses a slot. */
  private volatile boolean asleep = true;

  private volatile boolean closed;
  private boolean started;

  /**
   * Makes a watch whose thread starts with the first task.
   *
   * @param delayMillis after which every task is due
   */
  DeadlineWatch(long delayMillis, String threadName, @Nullable ClassLoader contextClassLoader) {
    this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
    this.thread = new Thread(this::watch, threadName);
    this.thread.setContextClassLoader(contextClassLoader);
  }

  /** A place for one task at a time, of one thread; a task that follows another takes its place. */
  final class Slot extends OneShotTimer {
    private volatile @Nullable Deadline current;

    /** Since the watch has last looked. */
    private volatile boolean used;

    private Slot() {}

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the delay is not that of the watch
     */
    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      if (unit.toNanos(delay) != delayNanos) {
        throw new IllegalArgumentException("not the delay of the watch: " + delay + " " + unit);
      }
      Deadline deadline = new Deadline(command, System.nanoTime() + delayNanos);
      current = deadline;
      if (!used) {
        used = true;
      }
      if (asleep) {
        wake();
      }
      return deadline;
    }
  }

  /** A slot for the calling thread. */
  Slot slot() {
    Slot slot = new Slot();
    slots.add(slot);
    return slot;
  }

  private synchronized void wake() {
    if (!started && !closed) {
      started = true;
      thread.start();
    }
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!closed) {
      // A task may have left it behind, and nobody could sleep then.
      Thread.interrupted();
      long now = System.nanoTime();
      long next = now + delayNanos;
      boolean used = false;
      for (Slot slot : slots) {
        if (slot.used) {
          used = true;
          slot.used = false;
        }
        Deadline deadline = slot.current;
        if (deadline != null && !deadline.isDone()) {
          used = true;
          if (deadline.atNanos() - now <= 0) {
            deadline.run();
          } else if (deadline.atNanos() - next < 0) {
            next = deadline.atNanos();
          }
        }
      }
      if (used) {
        LockSupport.parkNanos(this, next - System.nanoTime());
      } else {
        sleep();
      }
    }
  }

  /** Returns when a slot was used since it was last looked at, or without a reason. */
  private void sleep() {
    asleep = true;
    if (!closed && slots.stream().noneMatch(slot -> slot.used)) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  /**
   * Ends the thread; tasks that are not due yet are not run.
   *
   * @throws IllegalStateException if a task does not end
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (!started) {
        return;
      }
    }
    thread.interrupt();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (thread.isAlive()) {
      throw new IllegalStateException("a split of a restriction does not end");
    }
  }
}
