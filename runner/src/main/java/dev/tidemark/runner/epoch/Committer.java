package dev.tidemark.runner.epoch;

import dev.tidemark.runner.schedule.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits sealed epochs in order, on a thread of its own, while the driver goes on with the next
 * one; then releases what waited for the commit: checkpoint marks, bundle finalizers, metrics. At
 * most two sealed epochs wait while others are committed; then the driver does. All that wait are
 * committed as one: what a commit costs whatever is in it, they share. After a commit that failed
 * nothing is committed any more: each epoch builds on those before it.
 *
 * <p>Owned by the driver, which calls all methods.
 */
final class Committer implements AutoCloseable {
  /** How many sealed epochs wait, and so are committed as one, at most. */
  static final int MAX_WAITING = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final long CLOSE_SECONDS = 10;

  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final Queue<SealedEpoch> waiting = new ConcurrentLinkedQueue<>();
  private final ExecutorService thread;
  private final Clock clock;
  private final Consumer<List<SealedState>> state;
  private final Consumer<Throwable> fail;

  /** Of the committing thread. */
  private boolean failed;

  /**
   * Starts the thread.
   *
   * @param jobName appears in the thread's name
   * @param classLoader the loader of the user's classes
   * @param clock by which callbacks expire
   * @param state commits the state of epochs, oldest first, all or none
   * @param fail takes the failure of a commit, which ends the job
   */
  Committer(
      String jobName,
      ClassLoader classLoader,
      Clock clock,
      Consumer<List<SealedState>> state,
      Consumer<Throwable> fail) {
    this.clock = clock;
    this.state = state;
    this.fail = fail;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread t = new Thread(task, "tidemark-committer (" + jobName + ")");
              t.setContextClassLoader(classLoader);
              t.setDaemon(false);
              return t;
            });
  }

  /** Hands over an epoch; waits while two others wait. */
  void submit(SealedEpoch epoch) throws InterruptedException {
    places.acquire();
    waiting.add(epoch);
    thread.execute(this::commitWaiting);
  }

  /** Waits until every epoch handed over is committed and finalized. */
  void awaitIdle() throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    thread.execute(reached::countDown);
    reached.await();
  }

  private void commitWaiting() {
    List<SealedEpoch> epochs = new ArrayList<>();
    for (SealedEpoch next = waiting.poll(); next != null; next = waiting.poll()) {
      epochs.add(next);
    }
    places.release(epochs.size());
    if (epochs.isEmpty() || failed) {
      return;
    }
    try {
      state.accept(epochs.stream().map(SealedEpoch::state).toList());
      epochs.forEach(this::finish);
    } catch (Throwable t) {
      failed = true;
      fail.accept(t);
    }
  }

  /** Releases what waited for the commit of an epoch. */
  private void finish(SealedEpoch epoch) {
    epoch.metrics().run();
    for (Runnable mark : epoch.sourceMarks()) {
      try {
        mark.run();
      } catch (RuntimeException e) {
        LOG.warn("a source failed to finalize a checkpoint of epoch {}", epoch.epoch(), e);
      }
    }
    for (SealedEpoch.BundleFinalizer finalizer : epoch.bundleFinalizers()) {
      if (finalizer.expiry().getMillis() < clock.millis()) {
        continue;
      }
      try {
        finalizer.callback().onBundleSuccess();
      } catch (Exception e) {
        LOG.warn("a bundle finalizer of epoch {} failed", epoch.epoch(), e);
      }
    }
  }

  /** Waits for what was handed over; interrupts callbacks that take too long. */
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    for (int tries = 0; !ended && tries < 2; tries++) {
      try {
        ended = thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (!ended) {
        thread.shutdownNow();
      }
    }
    if (!ended) {
      LOG.warn("a callback after a commit does not come back");
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
