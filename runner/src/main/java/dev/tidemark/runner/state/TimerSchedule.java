package dev.tidemark.runner.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one time domain, by timestamp. Adding and removing cost {@code O(log n)} in the
 * number of different timestamps: the timers of one timestamp, which are many where windows end,
 * are put in order only when the first of them fires.
 *
 * <p>Owned by the lane.
 */
final class TimerSchedule {
  private final TreeMap<Long, Bucket> buckets = new TreeMap<>();

  void add(TimerEntry entry) {
    buckets.computeIfAbsent(entry.timestamp(), unused -> new Bucket()).add(entry);
  }

  void remove(TimerEntry entry) {
    Bucket bucket = buckets.get(entry.timestamp());
    if (bucket == null) {
      throw new IllegalStateException("not scheduled: " + entry.timer());
    }
    entry.end();
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

  void clear() {
    buckets.clear();
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
      PriorityQueue<TimerEntry> queue = firing;
      if (queue == null) {
        queue = new PriorityQueue<>(waiting);
        firing = queue;
        waiting = List.of();
      }
      TimerEntry entry = queue.remove();
      while (!entry.isLive()) {
        ended--;
        entry = queue.remove();
      }
      entry.end();
      live--;
      return entry;
    }
  }
}
