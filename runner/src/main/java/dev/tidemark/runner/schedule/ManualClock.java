package dev.tidemark.runner.schedule;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until somebody moves it: for {@code TestStream} and for tests.
 *
 * <p>Thread-safe.
 */
public final class ManualClock implements Clock {
  private final AtomicLong now;

  /** Makes a clock that shows {@code startMillis}. */
  public ManualClock(long startMillis) {
    this.now = new AtomicLong(startMillis);
  }

  @Override
  public long millis() {
    return now.get();
  }

  /**
   * Moves the clock forward.
   *
   * @param byMillis how far, not negative; the clock stops at {@link Long#MAX_VALUE}
   * @return what it shows now
   */
  public long advance(long byMillis) {
    if (byMillis < 0) {
      throw new IllegalArgumentException("a clock cannot be advanced by " + byMillis + " ms");
    }
    return now.updateAndGet(
        before -> before > Long.MAX_VALUE - byMillis ? Long.MAX_VALUE : before + byMillis);
  }

  /**
   * Moves the clock forward to {@code millis}; one that is there already, or further, stays.
   *
   * @return what it shows now
   */
  public long advanceTo(long millis) {
    return now.accumulateAndGet(millis, Math::max);
  }
}
