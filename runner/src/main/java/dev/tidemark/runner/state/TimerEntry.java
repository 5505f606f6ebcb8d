package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.TimerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A timer that is set. Entries order as timers of one timestamp and domain fire.
 *
 * <p>Owned by the lane.
 */
final class TimerEntry implements Comparable<TimerEntry> {
  private final TimerIdentity identity;
  private TimerRecord timer;
  private boolean live = true;
  private @Nullable TimerRecord stored;
  private boolean dirty;

  /**
   * Makes an entry.
   *
   * @param stored what overlays and the store have as the timer of this identity; null if nothing
   */
  TimerEntry(TimerIdentity identity, TimerRecord timer, @Nullable TimerRecord stored) {
    this.identity = identity;
    this.timer = timer;
    this.stored = stored;
  }

  TimerIdentity identity() {
    return identity;
  }

  TimerRecord timer() {
    return timer;
  }

  long timestamp() {
    return timer.timestampMillis();
  }

  /** Puts another timer of the same identity and timestamp in its place. */
  void replace(TimerRecord other) {
    timer = other;
  }

  /** Whether it has neither fired nor been deleted, replaced or moved out of memory. */
  boolean isLive() {
    return live;
  }

  void end() {
    live = false;
  }

  /** What overlays and the store have as the timer of this identity; null if nothing. */
  @Nullable TimerRecord stored() {
    return stored;
  }

  /** Whether what is stored is not what is set. */
  boolean isDirty() {
    return dirty;
  }

  void markDirty() {
    dirty = true;
  }

  void markStored() {
    stored = timer;
    dirty = false;
  }

  @Override
  public int compareTo(TimerEntry other) {
    return identity.compareTo(other.identity);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }
}
