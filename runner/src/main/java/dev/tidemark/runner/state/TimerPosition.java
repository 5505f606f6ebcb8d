package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.TimerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A place among the timers of a node that are in order: by a time, then as timers of one timestamp
 * fire.
 *
 * <p>Immutable.
 *
 * @param timestamp the time
 * @param identity of the timer there; null for the place before all timers of that time
 */
record TimerPosition(long timestamp, @Nullable TimerIdentity identity)
    implements Comparable<TimerPosition> {

  /** Before every timer. */
  static final TimerPosition START = new TimerPosition(Long.MIN_VALUE, null);

  /** The place of a timer by its time. */
  static TimerPosition of(TimerRecord timer) {
    return new TimerPosition(timer.timestampMillis(), TimerIdentity.of(timer));
  }

  @Override
  public int compareTo(TimerPosition other) {
    int order = Long.compare(timestamp, other.timestamp);
    if (order != 0 || identity == null || other.identity == null) {
      return order != 0 ? order : Boolean.compare(identity != null, other.identity != null);
    }
    return identity.compareTo(other.identity);
  }
}
