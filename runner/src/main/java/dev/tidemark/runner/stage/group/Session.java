package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Timestamps;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * A window of one key that grows as it is merged with others. Its cells stay where they were when
 * it was new.
 *
 * <p>Owned by the lane.
 */
final class Session implements GroupWindow {
  /** The time of a timer that is not set. */
  static final long NO_TIMER = Long.MAX_VALUE;

  private final IntervalWindow home;
  private final String namespace;
  private IntervalWindow window;
  private long startMillis;
  private long limitMillis;
  private long timerMillis = NO_TIMER;
  private long holdMillis = Timestamps.MAX;

  /**
   * Makes one that has no timer.
   *
   * @param home the window that it began as
   * @param namespace the namespace of {@code home}
   * @param window what it is by now
   */
  Session(IntervalWindow home, String namespace, IntervalWindow window) {
    this.home = home;
    this.namespace = namespace;
    this.window = window;
    this.startMillis = window.start().getMillis();
    this.limitMillis = window.end().getMillis();
  }

  /** The window that it began as, which no other session of the key has begun as. */
  IntervalWindow home() {
    return home;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public IntervalWindow window() {
    return window;
  }

  @Override
  public long end() {
    // One that ends later is over at the end of time, too.
    return Math.min(limitMillis, Timestamps.MAX) - 1;
  }

  /** Whether it is merged with this window. */
  boolean meets(IntervalWindow other) {
    return other.start().getMillis() < limitMillis && startMillis < other.end().getMillis();
  }

  /** Grows, if it has to, so that the window is in it; returns whether it has. */
  boolean include(IntervalWindow other) {
    if (startMillis <= other.start().getMillis() && other.end().getMillis() <= limitMillis) {
      return false;
    }
    window = window.span(other);
    startMillis = window.start().getMillis();
    limitMillis = window.end().getMillis();
    return true;
  }

  /** When its timer fires, in milliseconds, or {@link #NO_TIMER}; never later than it is due. */
  long timer() {
    return timerMillis;
  }

  /** Where its timer holds the output watermark, or {@link Timestamps#MAX}. */
  long hold() {
    return holdMillis;
  }

  void setTimer(long fireMillis, long hold) {
    timerMillis = fireMillis;
    holdMillis = hold;
  }
}
