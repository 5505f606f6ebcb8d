package dev.tidemark.runner.state;

import dev.tidemark.runner.progress.HoldSet;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.state.TimeDomain;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one node in one lane, all of them in memory; changes are written with the epoch.
 *
 * <p>Owned by the lane.
 */
final class TimerQueue implements TimerService {
  private final NodeStorage storage;
  private final GroupRange groups;
  private final KeyDecoder decoder;

  private final Map<TimerIdentity, TimerEntry> entries = new HashMap<>();
  private final Map<TimeDomain, TimerSchedule> schedules = new EnumMap<>(TimeDomain.class);
  private final HoldSet outputTimestamps = new HoldSet();

  /** Entries to be written; unused if not durable. */
  private final List<TimerEntry> dirty = new ArrayList<>();

  /** Stored timers that are gone; unused if not durable. */
  private final Set<TimerIdentity> ended = new LinkedHashSet<>();

  TimerQueue(NodeStorage storage, GroupRange groups, KeyDecoder decoder) {
    this.storage = storage;
    this.groups = groups;
    this.decoder = decoder;
    for (TimeDomain domain : TimeDomain.values()) {
      schedules.put(domain, new TimerSchedule());
    }
  }

  @Override
  public void set(TimerRecord timer) {
    TimerIdentity identity = TimerIdentity.of(timer);
    TimerEntry entry = entries.get(identity);
    boolean stored = false;
    if (entry != null && isSame(entry.timer(), timer)) {
      return;
    }
    if (entry != null) {
      outputTimestamps.remove(entry.timer().outputTimestampMillis());
      stored = entry.isStored();
      if (entry.timestamp() != timer.timestampMillis()) {
        schedule(timer.domain()).remove(entry);
        entry = null;
      } else {
        entry.replace(timer);
      }
    }
    if (entry == null) {
      entry = new TimerEntry(identity, timer, stored);
      entries.put(identity, entry);
      schedule(timer.domain()).add(entry);
    }
    outputTimestamps.add(timer.outputTimestampMillis());
    if (storage.durable() && !entry.isDirty()) {
      entry.markDirty();
      dirty.add(entry);
    }
  }

  /** Whether setting a timer again changes nothing; that goes for most that expire windows. */
  private static boolean isSame(TimerRecord before, TimerRecord after) {
    return before.timestampMillis() == after.timestampMillis()
        && before.outputTimestampMillis() == after.outputTimestampMillis();
  }

  @Override
  public void delete(Key key, String namespace, String family, String id, TimeDomain domain) {
    TimerEntry entry = entries.get(new TimerIdentity(key, namespace, family, id, domain));
    if (entry != null) {
      schedule(domain).remove(entry);
      forget(entry);
    }
  }

  @Override
  public @Nullable TimerRecord pollDue(TimeDomain domain, long upToMillis) {
    TimerEntry entry = schedule(domain).poll(upToMillis);
    if (entry == null) {
      return null;
    }
    forget(entry);
    return entry.timer();
  }

  @Override
  public long nextTimestamp(TimeDomain domain) {
    return schedule(domain).next();
  }

  @Override
  public long reachable(TimeDomain domain, long upToMillis, int most) {
    return schedule(domain).reachable(upToMillis, most);
  }

  @Override
  public long minOutputTimestamp() {
    return Math.min(outputTimestamps.min(), Timestamps.MAX);
  }

  /** How many timers are set. */
  int size() {
    return entries.size();
  }

  /** Writes all changes to the open overlay. */
  void flush() {
    for (TimerIdentity identity : ended) {
      storage.chain().delete(storage.layout().timer(identity));
    }
    ended.clear();
    for (TimerEntry entry : dirty) {
      if (entry.isLive()) {
        ByteWriter out = new ByteWriter();
        out.writeSigned(entry.timestamp());
        out.writeSigned(entry.timer().outputTimestampMillis());
        storage.chain().put(storage.layout().timer(entry.identity()), out.toBytes());
        entry.markStored();
      }
    }
    dirty.clear();
  }

  /** Forgets everything, changes too. */
  void reset() {
    entries.clear();
    schedules.values().forEach(TimerSchedule::clear);
    outputTimestamps.clear();
    dirty.clear();
    ended.clear();
  }

  /** Reads all timers of the lane's key groups. */
  void restore() {
    KeyLayout layout = storage.layout();
    Key last = null;
    try (StateScan scan =
        storage
            .chain()
            .scan(
                layout.groupStart(StateTable.TIMER, groups.first()),
                layout.groupStart(StateTable.TIMER, groups.end()))) {
      while (scan.hasNext()) {
        StateEntry stored = scan.next();
        TimerIdentity raw = KeyLayout.parseTimer(stored.key());
        Key key =
            last != null && last.equals(raw.key())
                ? last
                : new Key(raw.key().encoded(), decode(raw.key().encoded()));
        last = key;
        ByteReader in = new ByteReader(stored.value());
        add(
            new TimerRecord(
                key,
                raw.namespace(),
                raw.family(),
                raw.id(),
                raw.domain(),
                in.readSigned(),
                in.readSigned()));
      }
    }
  }

  private @Nullable Object decode(byte[] encodedKey) {
    try {
      return decoder.decode(encodedKey);
    } catch (Exception e) {
      throw new StateException(
          "the key of a stored timer of "
              + storage.node()
              + " cannot be decoded, did its coder change? "
              + e.getMessage(),
          e);
    }
  }

  private void add(TimerRecord timer) {
    TimerEntry entry = new TimerEntry(TimerIdentity.of(timer), timer, true);
    entries.put(entry.identity(), entry);
    schedule(timer.domain()).add(entry);
    outputTimestamps.add(timer.outputTimestampMillis());
  }

  private void forget(TimerEntry entry) {
    entries.remove(entry.identity());
    outputTimestamps.remove(entry.timer().outputTimestampMillis());
    if (storage.durable() && entry.isStored()) {
      ended.add(entry.identity());
    }
  }

  @SuppressWarnings("NullAway") // the constructor made one for each domain
  private TimerSchedule schedule(TimeDomain domain) {
    return schedules.get(domain);
  }
}
