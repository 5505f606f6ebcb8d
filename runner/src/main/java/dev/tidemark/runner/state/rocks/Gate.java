package dev.tidemark.runner.state.rocks;

import dev.tidemark.runner.state.StateException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls through to native memory only while it is there, and only until the first failure: who
 * reads freed memory kills the process, and after a write that failed nobody knows what RocksDB, or
 * the page cache below it, still has in common with the disk.
 *
 * <p>Thread-safe.
 */
final class Gate {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile @Nullable StateException failure;
  private boolean closed;

  /**
   * Enters; the result is to be unlocked by the same thread.
   *
   * @throws StateException if something failed earlier
   * @throws IllegalStateException if the store is closed
   */
  Lock enter() {
    Lock read = hold();
    StateException earlier = failure;
    if (closed || earlier != null) {
      read.unlock();
      if (earlier != null) {
        throw new StateException(
            "the state is not used any more, as this happened before: " + earlier.getMessage(),
            earlier);
      }
      throw new IllegalStateException("the store is closed");
    }
    return read;
  }

  /** Keeps the store from being closed, whether it is sound or not, closed or not. */
  Lock hold() {
    Lock read = lock.readLock();
    read.lock();
    return read;
  }

  /** Refuses everybody from now on; returns {@code cause}. */
  StateException fail(StateException cause) {
    if (failure == null) {
      failure = cause;
    }
    return cause;
  }

  /** Waits for those inside, then runs {@code release}, once. */
  void close(Runnable release) {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        release.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
