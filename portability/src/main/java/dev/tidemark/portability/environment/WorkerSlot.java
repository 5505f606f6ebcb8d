package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerLostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One worker after the other: the lanes that it serves wait while one is started, and share it
 * until it is lost.
 *
 * <p>Thread-safe.
 */
final class WorkerSlot {
  private final WorkerStarter starter;
  private final WorkerPolicy policy;
  private final CompletableFuture<Void> jobEnded;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable StartedWorker current;
  private int failures;

  WorkerSlot(WorkerStarter starter, WorkerPolicy policy, CompletableFuture<Void> jobEnded) {
    this.starter = starter;
    this.policy = policy;
    this.jobEnded = jobEnded;
  }

  /** The worker; a new one if the last is lost. */
  SdkWorker worker() throws WorkerLostException, InterruptedException {
    lock.lockInterruptibly();
    try {
      StartedWorker last = current;
      if (last != null && last.worker().alive()) {
        return last.worker();
      }
      if (last != null) {
        current = null;
        last.close();
        boolean healthy =
            System.nanoTime() - last.startedNanos() >= policy.healthyAfter().toNanos();
        failures = healthy ? 0 : failures + 1;
      }
      StartedWorker next = start();
      current = next;
      return next.worker();
    } finally {
      lock.unlock();
    }
  }

  private StartedWorker start() throws WorkerLostException, InterruptedException {
    for (int tries = 1; ; tries++) {
      pause(policy.backOff(failures));
      try {
        return starter.start();
      } catch (WorkerLostException e) {
        failures++;
        if (tries >= policy.startTries() || jobEnded.isDone()) {
          throw tries == 1
              ? e
              : new WorkerLostException(e.getMessage() + " (" + tries + " starts in a row failed)");
        }
      }
    }
  }

  /** Waits, but not longer than the job lives. */
  private void pause(Duration time) throws WorkerLostException, InterruptedException {
    if (!time.isZero()) {
      try {
        jobEnded.get(time.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    if (jobEnded.isDone()) {
      throw new WorkerLostException("the job has ended");
    }
  }

  /**
   * Ends the worker's connection, upon which it ends, too; does not wait for either.
   *
   * @return completes when the worker is gone, if that can be seen
   */
  CompletableFuture<?> dismiss() {
    // A lane that has the lock starts a worker, and gives it up as the job has ended.
    if (lock.tryLock()) {
      try {
        StartedWorker last = current;
        if (last != null) {
          last.connection().close();
          if (last.launched().watched()) {
            return last.launched().ended();
          }
        }
      } finally {
        lock.unlock();
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Ends the worker, waits for one that is being started, and forgets what has failed. */
  void close() {
    lock.lock();
    try {
      StartedWorker last = current;
      current = null;
      failures = 0;
      if (last != null) {
        last.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
