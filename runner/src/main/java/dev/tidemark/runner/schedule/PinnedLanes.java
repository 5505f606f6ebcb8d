package dev.tidemark.runner.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A thread for each lane, for the whole life of the job, so that what a user's function keeps in
 * thread locals stays with it. The threads are no daemons: they keep the JVM until the job ends.
 *
 * <p>Owned by the driver.
 */
public final class PinnedLanes implements LaneScheduler {
  private final List<LaneThread> threads = new ArrayList<>();

  /**
   * Starts the threads.
   *
   * @param jobName appears in the threads' names
   * @param lanes how many
   * @param classLoader the loader of the user's classes
   */
  public PinnedLanes(String jobName, int lanes, ClassLoader classLoader) {
    for (int lane = 0; lane < lanes; lane++) {
      LaneThread thread = new LaneThread(lane);
      thread.setName("tidemark-lane-" + lane + " (" + jobName + ")");
      thread.setContextClassLoader(classLoader);
      thread.setDaemon(false);
      threads.add(thread);
      thread.start();
    }
  }

  @Override
  public void runAll(LaneTask task) throws Exception {
    Round round = new Round(task, threads.size());
    for (LaneThread thread : threads) {
      thread.rounds.add(round);
    }
    boolean interrupted = false;
    while (true) {
      try {
        round.done.await();
        break;
      } catch (InterruptedException e) {
        // The lanes use what the caller owns: they must have ended before it goes on.
        interrupted = true;
        interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    round.rethrow();
  }

  @Override
  public void interrupt() {
    threads.forEach(Thread::interrupt);
  }

  @Override
  public void close() {
    for (LaneThread thread : threads) {
      thread.rounds.add(Round.STOP);
    }
    boolean interrupted = false;
    for (LaneThread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One {@link #runAll}. Thread-safe. */
  private static final class Round {
    static final Round STOP = new Round(lane -> {}, 0);

    final LaneTask task;
    final CountDownLatch done;
    final @Nullable Throwable[] failures;

    Round(LaneTask task, int lanes) {
      this.task = task;
      this.done = new CountDownLatch(lanes);
      this.failures = new Throwable[lanes];
    }

    void rethrow() throws Exception {
      Throwable first = null;
      for (Throwable failure : failures) {
        if (failure == null) {
          continue;
        }
        if (first == null) {
          first = failure;
        } else if (first != failure) {
          first.addSuppressed(failure);
        }
      }
      if (first instanceof Error error) {
        throw error;
      }
      if (first != null) {
        throw (Exception) first;
      }
    }
  }

  private static final class LaneThread extends Thread {
    final int lane;
    final LinkedBlockingQueue<Round> rounds = new LinkedBlockingQueue<>();

    LaneThread(int lane) {
      this.lane = lane;
    }

    @Override
    public void run() {
      while (true) {
        Round round;
        try {
          round = rounds.take();
        } catch (InterruptedException e) {
          // A late interrupt of a step that has ended by itself.
          continue;
        }
        if (round == Round.STOP) {
          return;
        }
        try {
          round.task.run(lane);
        } catch (Throwable t) {
          round.failures[lane] = t;
        } finally {
          round.done.countDown();
        }
      }
    }
  }
}
