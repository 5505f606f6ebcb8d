package dev.tidemark.runner.state;

import dev.tidemark.runner.progress.HoldSet;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.state.TimeDomain;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one node in one lane; changes are written with the epoch. All are in memory until
 * they are too many. Then those that fire last leave it when they are written, and come back, by
 * the {@link TimerIndex}, when it is their turn, or when they are set anew.
 *
 * <p>What is in memory decides, and so does {@link #ended}: a timer that is written but known to
 * neither is <i>cold</i>, and as it is written.
 *
 * <p>Owned by the lane.
 */
final class TimerQueue implements TimerService {
  private final NodeStorage storage;
  private final GroupRange groups;
  private final TimerMemory memory;
  private final StoredTimers storedTimers;
  private final TimerIndex index;

  private final Map<TimerIdentity, TimerEntry> entries = new HashMap<>();
  private final Map<TimeDomain, TimerSchedule> schedules = new EnumMap<>(TimeDomain.class);
  private final HoldSet outputTimestamps = new HoldSet();
  private final ColdHolds coldHolds;

  /** Entries to be written; unused if not durable. */
  private final List<TimerEntry> dirty = new ArrayList<>();

  /** What is written of timers that are gone; unused if not durable. */
  private final Map<TimerIdentity, TimerRecord> ended = new LinkedHashMap<>();

  TimerQueue(NodeStorage storage, GroupRange groups, KeyDecoder decoder, TimerMemory memory) {
    this.storage = storage;
    this.groups = groups;
    this.memory = memory;
    this.storedTimers = new StoredTimers(storage.node(), decoder);
    this.index = new TimerIndex(storage, groups);
    this.coldHolds = new ColdHolds(index);
    for (TimeDomain domain : TimeDomain.values()) {
      schedules.put(domain, new TimerSchedule());
    }
  }

  @Override
  public void set(TimerRecord timer) {
    TimerIdentity identity = TimerIdentity.of(timer);
    TimerEntry entry = entries.get(identity);
    TimerRecord before = entry == null ? cold(identity) : entry.timer();
    if (before != null && isSame(before, timer)) {
      return;
    }
    TimerRecord stored = before;
    if (entry != null) {
      outputTimestamps.remove(entry.timer().outputTimestampMillis());
      stored = entry.stored();
      if (entry.timestamp() != timer.timestampMillis()) {
        schedule(timer.domain()).remove(entry);
        entry = null;
      } else {
        entry.replace(timer);
      }
    }
    if (entry == null) {
      entry = new TimerEntry(identity, timer, stored);
      add(entry);
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
    TimerIdentity identity = new TimerIdentity(key, namespace, family, id, domain);
    TimerEntry entry = entries.get(identity);
    if (entry != null) {
      schedule(domain).remove(entry);
      forget(entry);
      return;
    }
    TimerRecord cold = cold(identity);
    if (cold != null) {
      ended.put(identity, cold);
    }
  }

  @Override
  public @Nullable TimerRecord pollDue(TimeDomain domain, long upToMillis) {
    TimerSchedule schedule = schedule(domain);
    while (schedule.endsBefore(upToMillis)) {
      readPage(domain);
    }
    TimerEntry entry = schedule.poll(upToMillis);
    if (entry == null) {
      return null;
    }
    forget(entry);
    return entry.timer();
  }

  @Override
  public long nextTimestamp(TimeDomain domain) {
    TimerSchedule schedule = schedule(domain);
    while (schedule.endsBefore(Long.MAX_VALUE)) {
      readPage(domain);
    }
    return schedule.next();
  }

  @Override
  public long reachable(TimeDomain domain, long upToMillis, int most) {
    TimerSchedule schedule = schedule(domain);
    while (schedule.reachesBehindHorizon(upToMillis, most)) {
      readPage(domain);
    }
    return schedule.reachable(upToMillis, most);
  }

  @Override
  public long minOutputTimestamp() {
    long min = Math.min(outputTimestamps.min(), Timestamps.MAX);
    return allInMemory() ? min : Math.min(min, coldHolds.min(this::isWarm));
  }

  /** How many timers are in memory. */
  int size() {
    return entries.size();
  }

  /** Writes all changes to the open overlay; then those leave memory that are too many. */
  void flush() {
    coldHolds.forgetWarm(this::isWarm);
    for (Map.Entry<TimerIdentity, TimerRecord> gone : ended.entrySet()) {
      storage.chain().delete(storage.layout().timer(gone.getKey()));
      if (index.isKept()) {
        index.remove(gone.getValue());
      }
    }
    ended.clear();
    for (TimerEntry entry : dirty) {
      if (entry.isLive()) {
        write(entry);
      }
    }
    dirty.clear();
    int keep = memory.keep(entries.size());
    if (keep < entries.size()) {
      moveOut(keep);
    } else if (index.isKept() && allInMemory() && memory.areFew(entries.size())) {
      entries.values().forEach(entry -> index.remove(entry.timer()));
      index.end();
    }
  }

  private void write(TimerEntry entry) {
    TimerRecord before = entry.stored();
    storage.chain().put(storage.layout().timer(entry.identity()), TimerIndex.value(entry.timer()));
    if (index.isKept()) {
      if (before != null) {
        index.remove(before);
      }
      index.add(entry.timer());
    }
    entry.markStored();
  }

  /** Moves timers out of memory, all of which are written. */
  private void moveOut(int keep) {
    if (!index.isKept()) {
      index.begin();
      entries.values().forEach(entry -> index.add(entry.timer()));
    }
    int size = entries.size();
    for (TimerSchedule schedule : schedules.values()) {
      int kept = (int) ((long) schedule.size() * keep / size);
      for (TimerEntry entry : schedule.keepFirst(kept)) {
        remove(entry);
        outputTimestamps.remove(entry.timer().outputTimestampMillis());
        coldHolds.add(entry.timer());
      }
    }
  }

  /** Forgets everything, changes too. */
  void reset() {
    memory.remove(entries.size());
    entries.clear();
    schedules.values().forEach(TimerSchedule::clear);
    outputTimestamps.clear();
    coldHolds.clear();
    index.reset();
    dirty.clear();
    ended.clear();
  }

  /** Reads all timers of the lane's key groups, if there is room for them. */
  void restore() {
    index.restore();
    if (!readAll()) {
      reset();
      index.make();
      schedules.values().forEach(schedule -> schedule.setHorizon(TimerPosition.START));
      coldHolds.restart();
    }
  }

  private boolean readAll() {
    KeyLayout layout = storage.layout();
    try (StateScan scan =
        storage
            .chain()
            .scan(
                layout.groupStart(StateTable.TIMER, groups.first()),
                layout.groupStart(StateTable.TIMER, groups.end()))) {
      while (scan.hasNext()) {
        if (!memory.hasRoom()) {
          return false;
        }
        StateEntry row = scan.next();
        read(TimerIndex.timer(KeyLayout.parseTimer(row.key()), row.value()));
      }
    }
    return true;
  }

  /** Moves the horizon of a domain on. */
  private void readPage(TimeDomain domain) {
    TimerSchedule schedule = schedule(domain);
    TimerPosition horizon = schedule.horizon();
    if (horizon == null) {
      return;
    }
    try (StateScan scan = index.byTime(domain, horizon)) {
      for (int i = 0; i < memory.page() && scan.hasNext(); i++) {
        TimerRecord timer = TimerIndex.parseByTime(scan.next());
        if (!isWarm(TimerIdentity.of(timer))) {
          read(timer);
        }
      }
      schedule.setHorizon(
          scan.hasNext() ? TimerPosition.of(TimerIndex.parseByTime(scan.next())) : null);
    }
  }

  private void read(TimerRecord raw) {
    TimerRecord timer = storedTimers.complete(raw);
    add(new TimerEntry(TimerIdentity.of(timer), timer, timer));
    outputTimestamps.add(timer.outputTimestampMillis());
  }

  /** What is written of a timer that is not in memory; null if it is not set. */
  private @Nullable TimerRecord cold(TimerIdentity identity) {
    if (schedule(identity.domain()).horizon() == null || ended.containsKey(identity)) {
      return null;
    }
    Bytes row = storage.chain().get(storage.layout().timer(identity));
    return row == null ? null : TimerIndex.timer(identity, row);
  }

  private boolean isWarm(TimerIdentity identity) {
    return entries.containsKey(identity) || ended.containsKey(identity);
  }

  private boolean allInMemory() {
    for (TimerSchedule schedule : schedules.values()) {
      if (schedule.horizon() != null) {
        return false;
      }
    }
    return true;
  }

  private void add(TimerEntry entry) {
    if (entries.put(entry.identity(), entry) == null) {
      memory.add();
    }
    schedule(entry.timer().domain()).add(entry);
  }

  private void remove(TimerEntry entry) {
    entries.remove(entry.identity());
    memory.remove(1);
  }

  private void forget(TimerEntry entry) {
    remove(entry);
    outputTimestamps.remove(entry.timer().outputTimestampMillis());
    TimerRecord stored = entry.stored();
    if (storage.durable() && stored != null) {
      ended.put(entry.identity(), stored);
    }
  }

  @SuppressWarnings("NullAway") // the constructor made one for each domain
  private TimerSchedule schedule(TimeDomain domain) {
    return schedules.get(domain);
  }
}
