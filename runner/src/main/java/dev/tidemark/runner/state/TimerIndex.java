package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.beam.sdk.state.TimeDomain;
import org.jspecify.annotations.Nullable;

/**
 * Finds the timers of one node in one lane that are written but not in memory: in the order in
 * which they fire, and by what they hold. As long as all are in memory nobody asks, so it is not
 * kept; a key group whose timers are all in it has a mark.
 *
 * <p>Owned by the lane.
 */
final class TimerIndex {
  /** What one commit takes when an index is made for a store that has none, in bytes. */
  private static final int BATCH_BYTES = 1 << 20;

  private final NodeStorage storage;
  private final GroupRange groups;
  private boolean kept;

  TimerIndex(NodeStorage storage, GroupRange groups) {
    this.storage = storage;
    this.groups = groups;
  }

  /** Whether all timers that are written are to be in it. */
  boolean isKept() {
    return kept;
  }

  /** Adds a timer that is written. */
  void add(TimerRecord timer) {
    addTo(timer, storage.chain()::put);
  }

  /** Removes a timer that was added. */
  void remove(TimerRecord timer) {
    storage.chain().delete(storage.layout().timerByTime(timer));
    if (holds(timer)) {
      storage.chain().delete(storage.layout().timerByHold(timer));
    }
  }

  /** Begins to keep it, empty. */
  void begin() {
    kept = true;
    for (int group = groups.first(); group < groups.end(); group++) {
      // Of a run that was not done with making one.
      storage.chain().deletePrefix(start(StateTable.TIMER_BY_TIME, group));
      storage.chain().deletePrefix(start(StateTable.TIMER_BY_HOLD, group));
      storage.chain().put(mark(group), Bytes.EMPTY);
    }
  }

  /** Ends to keep it; it is empty. */
  void end() {
    kept = false;
    for (int group = groups.first(); group < groups.end(); group++) {
      storage.chain().delete(mark(group));
    }
  }

  /** Forgets what {@link #restore} has found. */
  void reset() {
    kept = false;
  }

  /**
   * Finds out what earlier runs have kept, before the first epoch. Lanes may have had other groups:
   * if some are kept, all others are made now.
   */
  void restore() {
    try (StateScan marks =
        storage
            .chain()
            .scan(
                start(StateTable.TIMERS_INDEXED, groups.first()),
                start(StateTable.TIMERS_INDEXED, groups.end()))) {
      kept = marks.hasNext();
    }
    if (kept) {
      make();
    }
  }

  /**
   * Makes it for all key groups that have none, a part at a time and for good, before the first
   * epoch. The mark comes last: after a crash it is made anew.
   */
  void make() {
    kept = true;
    Batch batch = new Batch();
    for (int group = groups.first(); group < groups.end(); group++) {
      if (storage.chain().get(mark(group)) == null) {
        batch = make(group, batch);
      }
    }
    storage.chain().commit(batch.changes());
  }

  private Batch make(int group, Batch first) {
    Batch batch = first;
    batch.deleted.add(start(StateTable.TIMER_BY_TIME, group));
    batch.deleted.add(start(StateTable.TIMER_BY_HOLD, group));
    try (StateScan timers = storage.chain().scan(start(StateTable.TIMER, group))) {
      while (timers.hasNext()) {
        StateEntry row = timers.next();
        addTo(timer(KeyLayout.parseTimer(row.key()), row.value()), batch);
        if (batch.bytes > BATCH_BYTES) {
          storage.chain().commit(batch.changes());
          batch = new Batch();
        }
      }
    }
    batch.put(mark(group), Bytes.EMPTY);
    return batch;
  }

  /** The timers of a domain from a position on, to be read by {@link #parseByTime}. */
  StateScan byTime(TimeDomain domain, TimerPosition from) {
    GroupMergeScan merged = new GroupMergeScan();
    KeyLayout layout = storage.layout();
    for (int group = groups.first(); group < groups.end(); group++) {
      merged.add(
          storage
              .chain()
              .scan(layout.timersFrom(group, domain, from), layout.timersEnd(group, domain)));
    }
    return merged;
  }

  /** Reads an entry of {@link #byTime}; the key is not decoded. */
  static TimerRecord parseByTime(StateEntry row) {
    TimerPosition position = KeyLayout.parseTimerByTime(row.key());
    long timestamp = position.timestamp();
    return identity(position)
        .at(
            timestamp,
            row.value().length() == 0 ? timestamp : new ByteReader(row.value()).readSigned());
  }

  /**
   * The timers that hold something, by that, from a position on, to be read by {@link
   * KeyLayout#parseTimerByHold}.
   */
  StateScan byHold(TimerPosition from) {
    GroupMergeScan merged = new GroupMergeScan();
    KeyLayout layout = storage.layout();
    TimerIdentity identity = from.identity();
    for (int group = groups.first(); group < groups.end(); group++) {
      merged.add(
          storage
              .chain()
              .scan(
                  identity == null
                      ? start(StateTable.TIMER_BY_HOLD, group)
                      : layout.timerByHold(group, from.timestamp(), identity),
                  start(StateTable.TIMER_BY_HOLD, group + 1)));
    }
    return merged;
  }

  /** The value of a timer's own row. */
  static Bytes value(TimerRecord timer) {
    ByteWriter out = new ByteWriter();
    out.writeSigned(timer.timestampMillis());
    out.writeSigned(timer.outputTimestampMillis());
    return out.toBytes();
  }

  /** A timer whose own row has {@code value}. */
  static TimerRecord timer(TimerIdentity identity, Bytes value) {
    ByteReader in = new ByteReader(value);
    return identity.at(in.readSigned(), in.readSigned());
  }

  /** Whether a timer holds anything. */
  static boolean holds(TimerRecord timer) {
    return timer.outputTimestampMillis() < Timestamps.MAX;
  }

  private static TimerIdentity identity(TimerPosition position) {
    TimerIdentity identity = position.identity();
    if (identity == null) {
      throw new IllegalStateException("a row without a timer");
    }
    return identity;
  }

  private void addTo(TimerRecord timer, Rows rows) {
    rows.put(
        storage.layout().timerByTime(timer),
        timer.outputTimestampMillis() == timer.timestampMillis() ? Bytes.EMPTY : output(timer));
    if (holds(timer)) {
      rows.put(storage.layout().timerByHold(timer), Bytes.EMPTY);
    }
  }

  private static Bytes output(TimerRecord timer) {
    ByteWriter out = new ByteWriter();
    out.writeSigned(timer.outputTimestampMillis());
    return out.toBytes();
  }

  private Bytes mark(int group) {
    return start(StateTable.TIMERS_INDEXED, group);
  }

  private Bytes start(StateTable table, int group) {
    return storage.layout().groupStart(table, group);
  }

  /** Takes rows. */
  private interface Rows {
    void put(Bytes key, Bytes value);
  }

  /** Rows that are committed together. */
  private static final class Batch implements Rows {
    private final NavigableSet<Bytes> deleted = new TreeSet<>();
    private final Map<Bytes, @Nullable Bytes> rows = new HashMap<>();
    private long bytes;

    @Override
    public void put(Bytes key, Bytes value) {
      rows.put(key, value);
      bytes += key.length() + value.length();
    }

    StateChanges changes() {
      return new StateChanges(deleted, rows);
    }
  }
}
