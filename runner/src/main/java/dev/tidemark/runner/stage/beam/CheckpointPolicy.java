package dev.tidemark.runner.stage.beam;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.joda.time.Duration;

/**
 * When the runner cuts short a call of a splittable function: after so many outputs, or so much
 * time since its first claim.
 *
 * <p>Thread-safe.
 */
public final class CheckpointPolicy implements AutoCloseable {
  private final ScheduledExecutorService timer;
  private final int maxOutputs;
  private final Duration maxDuration;

  private CheckpointPolicy(ScheduledExecutorService timer, int maxOutputs, Duration maxDuration) {
    this.timer = timer;
    this.maxOutputs = maxOutputs;
    this.maxDuration = maxDuration;
  }

  /** Lets every call run until it stops by itself. */
  public static CheckpointPolicy never() {
    return new CheckpointPolicy(
        new NeverScheduling(), Integer.MAX_VALUE, Duration.millis(Long.MAX_VALUE));
  }

  /**
   * Cuts calls short.
   *
   * @param threadName the name of the thread that does it, which {@link #close} ends
   * @param contextClassLoader the loader that the thread is to have
   */
  public static CheckpointPolicy after(
      int maxOutputs, Duration maxDuration, String threadName, ClassLoader contextClassLoader) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, threadName);
              thread.setContextClassLoader(contextClassLoader);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return new CheckpointPolicy(timer, maxOutputs, maxDuration);
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  int maxOutputs() {
    return maxOutputs;
  }

  Duration maxDuration() {
    return maxDuration;
  }

  /** Ends the thread. */
  @Override
  public void close() {
    timer.shutdownNow();
    try {
      if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a split of a restriction does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
