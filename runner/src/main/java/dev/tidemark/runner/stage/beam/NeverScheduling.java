package dev.tidemark.runner.stage.beam;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Takes tasks and runs none, without a thread: for calls of splittable functions that no time limit
 * cuts short.
 *
 * <p>Thread-safe.
 */
final class NeverScheduling extends OneShotTimer {
  static final NeverScheduling INSTANCE = new NeverScheduling();

  private NeverScheduling() {}

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return new Deadline(command, Long.MAX_VALUE);
  }
}
