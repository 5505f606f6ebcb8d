package dev.tidemark.runner.source;

import dev.tidemark.runner.schedule.Clock;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps ids in memory for ten minutes of processing time after they were last seen, the time for
 * which Beam's own {@code Deduplicate} and its other runners keep them; and never more than a given
 * number, the oldest going first.
 *
 * <p>Thread-safe.
 */
final class RecentIds implements Deduplicator {
  static final long KEEP_MILLIS = 600_000;
  static final int DEFAULT_MAX_IDS = 4_000_000;

  private final Clock clock;
  private final int maxIds;
  // In the order of the times, for both are changed together; roughly, for those of earlier runs.
  private final LinkedHashMap<ByteBuffer, Long> lastSeen = new LinkedHashMap<>();

  RecentIds(Clock clock) {
    this(clock, DEFAULT_MAX_IDS);
  }

  RecentIds(Clock clock, int maxIds) {
    this.clock = clock;
    this.maxIds = maxIds;
  }

  @Override
  public synchronized boolean isFirst(byte[] id) {
    long now = clock.millis();
    forgetBefore(now - KEEP_MILLIS);
    ByteBuffer key = ByteBuffer.wrap(id.clone());
    boolean first = lastSeen.remove(key) == null;
    lastSeen.put(key, now);
    return first;
  }

  /** Remembers a record of an earlier run, last seen at {@code millis}. */
  synchronized void restore(byte[] id, long millis) {
    lastSeen.merge(ByteBuffer.wrap(id.clone()), millis, Math::max);
  }

  private void forgetBefore(long millis) {
    Iterator<Map.Entry<ByteBuffer, Long>> oldestFirst = lastSeen.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      long seen = oldestFirst.next().getValue();
      if (seen > millis && lastSeen.size() <= maxIds) {
        return;
      }
      oldestFirst.remove();
    }
  }
}
