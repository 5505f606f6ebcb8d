package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.group.OutputTime;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators by key and session, where windows merge if they overlap. The sessions of a key are
 * chained, the latest first: elements that come about in the order of their timestamps find theirs
 * at once. Who merges what this emits gets the same as from the elements themselves.
 *
 * <p>Owned by the lane.
 */
final class SessionPartialTable implements PartialTable {
  // So many sessions of a key are looked at; an element far behind them goes by itself.
  private static final int MOST_LOOKED_AT = 32;
  private static final int NONE = -1;

  private final Combiner combiner;
  private final OutputTime outputTime;
  private final AccumulatorSizes sizes;
  private final KeyIndex index;

  // By key.
  private @Nullable Object[] keys = new @Nullable Object[16];
  private int[] latest = new int[16];

  // By session, in the order in which they were begun; the key of one that was merged away is NONE.
  private int sessions;
  private int[] keyOf = new int[16];
  private int[] earlier = new int[16];
  private long[] starts = new long[16];
  private long[] limits = new long[16];
  private long[] times = new long[16];
  private @Nullable Object[] accumulators = new @Nullable Object[16];

  private long elements;
  private double estimatedBytes;
  private long earliest = Timestamps.MAX;

  SessionPartialTable(
      Combiner combiner, EdgeCoders edge, OutputTime outputTime, AccumulatorSizes sizes) {
    this.combiner = combiner;
    this.outputTime = outputTime;
    this.sizes = sizes;
    this.index = KeyIndex.of(edge);
  }

  @Override
  public long earliestOutput() {
    return earliest;
  }

  @Override
  public boolean add(
      @Nullable Object key, @Nullable Object input, long timestampMillis, BoundedWindow window) {
    IntervalWindow interval = (IntervalWindow) window;
    long start = interval.start().getMillis();
    long limit = interval.end().getMillis();
    int keyIndex = keyIndex(key);
    int later = NONE;
    int session = latest[keyIndex];
    for (int looked = 0; session != NONE && starts[session] >= limit; looked++) {
      if (looked == MOST_LOOKED_AT) {
        return false;
      }
      later = session;
      session = earlier[session];
    }
    long time = outputTime.assign(window, limit - 1, timestampMillis);
    earliest = Math.min(earliest, time);
    if (session == NONE || limits[session] <= start) {
      session = insert(keyIndex, later, session, start, limit, time);
    } else {
      include(session, start, limit, time);
      for (int next = earlier[session];
          next != NONE && limits[next] > start;
          next = earlier[session]) {
        absorb(session, next);
      }
    }
    accumulators[session] = combiner.add(accumulators[session], input);
    elements++;
    if (sizes.due()) {
      estimatedBytes = sizes.estimate(accumulators, sessions, session);
    }
    return true;
  }

  private int keyIndex(@Nullable Object key) {
    int before = index.size();
    int keyIndex = index.add(key, 0);
    if (keyIndex == before) {
      if (keyIndex == keys.length) {
        keys = Arrays.copyOf(keys, 2 * keyIndex);
        latest = Arrays.copyOf(latest, 2 * keyIndex);
      }
      keys[keyIndex] = key;
      latest[keyIndex] = NONE;
    }
    return keyIndex;
  }

  private int insert(int keyIndex, int later, int before, long start, long limit, long time) {
    int session = sessions++;
    if (session == keyOf.length) {
      grow(2 * session);
    }
    keyOf[session] = keyIndex;
    earlier[session] = before;
    starts[session] = start;
    limits[session] = limit;
    times[session] = time;
    accumulators[session] = combiner.create();
    if (later == NONE) {
      latest[keyIndex] = session;
    } else {
      earlier[later] = session;
    }
    return session;
  }

  private void grow(int capacity) {
    keyOf = Arrays.copyOf(keyOf, capacity);
    earlier = Arrays.copyOf(earlier, capacity);
    starts = Arrays.copyOf(starts, capacity);
    limits = Arrays.copyOf(limits, capacity);
    times = Arrays.copyOf(times, capacity);
    accumulators = Arrays.copyOf(accumulators, capacity);
  }

  private void include(int session, long start, long limit, long time) {
    starts[session] = Math.min(starts[session], start);
    limits[session] = Math.max(limits[session], limit);
    times[session] =
        outputTime.dependsOnlyOnWindow()
            ? limits[session] - 1
            : outputTime.combine(times[session], time);
  }

  private void absorb(int session, int next) {
    include(session, starts[next], limits[next], times[next]);
    // What is left there of the accumulator is only looked at for its size.
    accumulators[session] = combiner.merge(accumulators[session], accumulators[next]);
    earlier[session] = earlier[next];
    keyOf[next] = NONE;
  }

  @Override
  public boolean exceeds(PartialCombineLimits limits) {
    return sessions >= limits.accumulators() || estimatedBytes > limits.bytes();
  }

  @Override
  public boolean repeats(PartialCombineLimits limits) {
    return elements >= limits.elementsPerAccumulator() * sessions;
  }

  @Override
  public void drainTo(PartialOutput output) {
    for (int session = 0; session < sessions; session++) {
      Object accumulator = accumulators[session];
      accumulators[session] = null;
      if (keyOf[session] != NONE) {
        output.emit(keys[keyOf[session]], accumulator, times[session], window(session));
      }
    }
    if (sessions > 0) {
      Arrays.fill(keys, 0, index.size(), null);
      index.clear();
      sizes.reset();
      sessions = 0;
      elements = 0;
      estimatedBytes = 0;
      earliest = Timestamps.MAX;
    }
  }

  private IntervalWindow window(int session) {
    return new IntervalWindow(
        Instant.ofEpochMilli(starts[session]), Instant.ofEpochMilli(limits[session]));
  }
}
