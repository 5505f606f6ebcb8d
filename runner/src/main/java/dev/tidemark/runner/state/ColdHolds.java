package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.TimerRecord;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the timers of one node hold that are not in memory: the lowest is at hand, the next one is
 * looked for in the {@link TimerIndex} when it is gone.
 *
 * <p>Owned by the lane.
 */
final class ColdHolds {
  private final TimerIndex index;

  /** None that counts stands before this; null if there is none at all. */
  private @Nullable TimerPosition from;

  /** Whether the timer at {@link #from} is known to count. */
  private boolean known;

  ColdHolds(TimerIndex index) {
    this.index = index;
  }

  /**
   * The lowest of all, or {@link Long#MAX_VALUE}.
   *
   * @param warm whether what is in memory decides over a timer, not what is written
   */
  long min(Predicate<TimerIdentity> warm) {
    forgetWarm(warm);
    if (!known) {
      find(warm);
    }
    return from == null ? Long.MAX_VALUE : from.timestamp();
  }

  /** Looks again if the lowest does not count any more; before what is in memory is written. */
  void forgetWarm(Predicate<TimerIdentity> warm) {
    TimerPosition lowest = from;
    known = lowest == null || (known && !isWarm(lowest, warm));
  }

  private void find(Predicate<TimerIdentity> warm) {
    TimerPosition start = from;
    from = null;
    known = true;
    if (start == null) {
      return;
    }
    try (StateScan scan = index.byHold(start)) {
      while (scan.hasNext() && from == null) {
        TimerPosition next = KeyLayout.parseTimerByHold(scan.next().key());
        if (!isWarm(next, warm)) {
          from = next;
        }
      }
    }
  }

  private static boolean isWarm(TimerPosition position, Predicate<TimerIdentity> warm) {
    TimerIdentity identity = position.identity();
    return identity != null && warm.test(identity);
  }

  /** Notes a timer that has left memory. */
  void add(TimerRecord timer) {
    if (TimerIndex.holds(timer)) {
      TimerPosition position =
          new TimerPosition(timer.outputTimestampMillis(), TimerIdentity.of(timer));
      if (from == null || position.compareTo(from) < 0) {
        from = position;
        known = true;
      }
    }
  }

  /** Begins with nothing known of what is written. */
  void restart() {
    from = TimerPosition.START;
    known = false;
  }

  /** Begins with nothing written. */
  void clear() {
    from = null;
    known = true;
  }
}
