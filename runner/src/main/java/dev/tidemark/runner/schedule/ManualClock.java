package dev.tidemark.runner.schedule;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is told to advance: for tests and for jobs with a {@code
 * TestStream}.
 *
 * <p>Thread-safe.
 */
public final class ManualClock implements Clock {
  private final AtomicLong now;

  /** Makes a clock that shows {@code startMillis}. */
  public ManualClock(long startMillis) {
    this.now = new AtomicLong(startMillis);
  }

  /** Moves the clock forward by {@code millis}. */
  public void advance(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("a clock cannot go back by " + -millis + " ms");
    }
    now.addAndGet(millis);
  }

  @Override
  public long millis() {
    return now.get();
  }
}
