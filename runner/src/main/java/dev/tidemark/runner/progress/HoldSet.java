package dev.tidemark.runner.progress;

import it.unimi.dsi.fastutil.longs.Long2IntRBTreeMap;

/**
 * A counted multiset of times that hold a watermark back. Adding and removing cost {@code O(log n)}
 * in the number of different times, the minimum is kept at hand.
 *
 * <p>Owned by one thread.
 */
public final class HoldSet {
  /** The minimum of no holds at all: after every time. */
  public static final long NONE = Long.MAX_VALUE;

  private final Long2IntRBTreeMap counts = new Long2IntRBTreeMap();
  private long size;
  private long min = NONE;

  /** Adds one hold at {@code timestampMillis}. */
  public void add(long timestampMillis) {
    counts.addTo(timestampMillis, 1);
    size++;
    min = Math.min(min, timestampMillis);
  }

  /**
   * Removes one hold at {@code timestampMillis}.
   *
   * @throws IllegalStateException if there is none
   */
  public void remove(long timestampMillis) {
    int count = counts.get(timestampMillis);
    if (count == 0) {
      throw new IllegalStateException("no hold at " + timestampMillis + " to remove");
    }
    if (count > 1) {
      counts.put(timestampMillis, count - 1);
    } else {
      counts.remove(timestampMillis);
      if (timestampMillis == min) {
        min = counts.isEmpty() ? NONE : counts.firstLongKey();
      }
    }
    size--;
  }

  /** Removes one hold at {@code from} and adds one at {@code to}. */
  public void move(long from, long to) {
    if (from != to) {
      remove(from);
      add(to);
    }
  }

  /** Removes all holds. */
  public void clear() {
    counts.clear();
    size = 0;
    min = NONE;
  }

  /** The earliest hold, or {@link #NONE}. */
  public long min() {
    return min;
  }

  /** How many holds there are; equal ones count each. */
  public long size() {
    return size;
  }

  /** Whether there is no hold. */
  public boolean isEmpty() {
    return size == 0;
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
