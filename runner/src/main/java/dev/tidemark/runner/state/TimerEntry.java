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
  private boolean stored;
  private boolean dirty;

  /**
   * Makes an entry.
   *
   * @param stored whether an overlay or the store has a timer of this identity
   */
  TimerEntry(TimerIdentity identity, TimerRecord timer, boolean stored) {
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

  /** Whether it has neither fired nor been deleted or replaced. */
  boolean isLive() {
    return live;
  }

  void end() {
    live = false;
  }

  boolean isStored() {
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
    stored = true;
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
