package dev.tidemark.runner.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one time domain that are in memory, by timestamp: all of them, or all before a
 * horizon and any behind it. Adding and removing cost {@code O(log n)} in the number of different
 * timestamps: the timers of one timestamp, which are many where windows end, are put in order only
 * when the first of them fires.
 *
 * <p>Owned by the lane.
 */
final class TimerSchedule {
  private final TreeMap<Long, Bucket> buckets = new TreeMap<>();
  private @Nullable TimerPosition horizon;
  private int size;

  /** How many are in memory. */
  int size() {
    return size;
  }

  /** The place before which all timers are in memory; null if all are, wherever. */
  @Nullable TimerPosition horizon() {
    return horizon;
  }

  /** Moves the horizon: to where all before it are in memory. */
  void setHorizon(@Nullable TimerPosition horizon) {
    this.horizon = horizon;
  }

  /**
   * Whether timers up to a time are not all in memory: the earliest of those is not, as far as is
   * known.
   */
  boolean endsBefore(long upToMillis) {
    TimerPosition end = horizon;
    if (end == null || end.timestamp() > upToMillis) {
      return false;
    }
    Map.Entry<Long, Bucket> first = buckets.firstEntry();
    if (first == null || first.getKey() != end.timestamp()) {
      return first == null || first.getKey() > end.timestamp();
    }
    return TimerPosition.of(first.getValue().peek().timer()).compareTo(end) >= 0;
  }

  /** Whether {@link #reachable} cannot be told yet: that needs timers behind the horizon. */
  boolean reachesBehindHorizon(long upToMillis, int most) {
    TimerPosition end = horizon;
    if (end == null || end.timestamp() > upToMillis) {
      return false;
    }
    long count = 0;
    for (Bucket bucket : buckets.headMap(end.timestamp(), true).values()) {
      count += bucket.live;
      if (count >= most) {
        return false;
      }
    }
    return true;
  }

  void add(TimerEntry entry) {
    buckets.computeIfAbsent(entry.timestamp(), unused -> new Bucket()).add(entry);
    size++;
  }

  void remove(TimerEntry entry) {
    Bucket bucket = buckets.get(entry.timestamp());
    if (bucket == null) {
      throw new IllegalStateException("not scheduled: " + entry.timer());
    }
    entry.end();
    size--;
    bucket.removeOne();
    if (bucket.live == 0) {
      buckets.remove(entry.timestamp());
    }
  }

  /** Takes out the first entry that is due at {@code upToMillis}, or returns null. */
  @Nullable TimerEntry poll(long upToMillis) {
    Map.Entry<Long, Bucket> first = buckets.firstEntry();
    if (first == null || first.getKey() > upToMillis) {
      return null;
    }
    TimerEntry entry = first.getValue().poll();
    size--;
    if (first.getValue().live == 0) {
      buckets.remove(first.getKey());
    }
    return entry;
  }

  /** The earliest timestamp, or {@link Long#MAX_VALUE}. */
  long next() {
    return buckets.isEmpty() ? Long.MAX_VALUE : buckets.firstKey();
  }

  /** See {@link dev.tidemark.runner.stage.TimerService#reachable}. */
  long reachable(long upToMillis, int most) {
    long count = 0;
    for (Map.Entry<Long, Bucket> bucket : buckets.headMap(upToMillis, true).entrySet()) {
      count += bucket.getValue().live;
      if (count >= most) {
        return bucket.getKey();
      }
    }
    return upToMillis;
  }

  /**
   * Takes out those that are farthest in the future, and moves the horizon before them.
   *
   * @param most how many stay
   * @return those that do not
   */
  List<TimerEntry> keepFirst(int most) {
    List<TimerEntry> taken = new ArrayList<>(Math.max(0, size - most));
    while (size > most) {
      Map.Entry<Long, Bucket> last = buckets.lastEntry();
      List<TimerEntry> ofBucket = last.getValue().takeLast(size - most);
      taken.addAll(ofBucket);
      size -= ofBucket.size();
      TimerPosition first = TimerPosition.of(ofBucket.get(0).timer());
      if (last.getValue().live == 0) {
        buckets.remove(last.getKey());
        first = new TimerPosition(last.getKey(), null);
      }
      if (horizon == null || first.compareTo(horizon) < 0) {
        horizon = first;
      }
    }
    return taken;
  }

  /** Forgets all, and that there may be others. */
  void clear() {
    buckets.clear();
    horizon = null;
    size = 0;
  }

  /** The timers of one timestamp. Removed ones stay until they are met, or become too many. */
  private static final class Bucket {
    private static final int TOLERATED = 16;

    private List<TimerEntry> waiting = new ArrayList<>(1);
    private @Nullable PriorityQueue<TimerEntry> firing;
    private int live;
    private int ended;

    void add(TimerEntry entry) {
      if (firing != null) {
        firing.add(entry);
      } else {
        waiting.add(entry);
      }
      live++;
    }

    void removeOne() {
      live--;
      ended++;
      if (ended > live + TOLERATED) {
        if (firing != null) {
          firing.removeIf(entry -> !entry.isLive());
        } else {
          waiting.removeIf(entry -> !entry.isLive());
        }
        ended = 0;
      }
    }

    TimerEntry poll() {
      TimerEntry entry = peek();
      queue().remove();
      entry.end();
      live--;
      return entry;
    }

    TimerEntry peek() {
      PriorityQueue<TimerEntry> queue = queue();
      TimerEntry entry = queue.element();
      while (!entry.isLive()) {
        ended--;
        queue.remove();
        entry = queue.element();
      }
      return entry;
    }

    /** Takes out all if there are no more, in no order, or the last ones, in order. */
    List<TimerEntry> takeLast(int most) {
      List<TimerEntry> entries = new ArrayList<>(firing != null ? firing : waiting);
      entries.removeIf(entry -> !entry.isLive());
      int kept = Math.max(0, live - most);
      if (kept > 0) {
        Collections.sort(entries);
      }
      List<TimerEntry> last = entries.subList(kept, live);
      last.forEach(TimerEntry::end);
      firing = null;
      waiting = new ArrayList<>(entries.subList(0, kept));
      live = kept;
      ended = 0;
      return last;
    }

    private PriorityQueue<TimerEntry> queue() {
      PriorityQueue<TimerEntry> queue = firing;
      if (queue == null) {
        queue = new PriorityQueue<>(waiting);
        firing = queue;
        waiting = List.of();
      }
      return queue;
    }
  }
}
