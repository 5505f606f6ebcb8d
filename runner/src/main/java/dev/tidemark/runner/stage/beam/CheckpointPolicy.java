package dev.tidemark.runner.stage.beam;

import java.util.concurrent.ScheduledExecutorService;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the runner cuts short a call of a splittable function: after so many outputs, or so much
 * time since its first claim.
 *
 * <p>Thread-safe.
 */
public final class CheckpointPolicy implements AutoCloseable {
  private final @Nullable DeadlineWatch watch;
  private final int maxOutputs;
  private final Duration maxDuration;

  /** What limits the calls of one thread, one at a time. Owned by the thread. */
  public static final class Limits {
    private final ScheduledExecutorService timer;
    private final int maxOutputs;
    private final Duration maxDuration;

    private Limits(ScheduledExecutorService timer, int maxOutputs, Duration maxDuration) {
      this.timer = timer;
      this.maxOutputs = maxOutputs;
      this.maxDuration = maxDuration;
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
  }

  private CheckpointPolicy(@Nullable DeadlineWatch watch, int maxOutputs, Duration maxDuration) {
    this.watch = watch;
    this.maxOutputs = maxOutputs;
    this.maxDuration = maxDuration;
  }

  /** Lets every call run until it stops by itself. */
  public static CheckpointPolicy never() {
    return new CheckpointPolicy(null, Integer.MAX_VALUE, Duration.millis(Long.MAX_VALUE));
  }

  /**
   * Cuts calls short.
   *
   * @param threadName the name of the thread that does it, which {@link #close} ends
   * @param contextClassLoader the loader that the thread is to have
   */
  public static CheckpointPolicy after(
      int maxOutputs, Duration maxDuration, String threadName, ClassLoader contextClassLoader) {
    return new CheckpointPolicy(
        new DeadlineWatch(maxDuration.getMillis(), threadName, contextClassLoader),
        maxOutputs,
        maxDuration);
  }

  /** Limits for the calls of one more thread. */
  public Limits limits() {
    return new Limits(
        watch == null ? NeverScheduling.INSTANCE : watch.slot(), maxOutputs, maxDuration);
  }

  /** Ends the thread. */
  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
