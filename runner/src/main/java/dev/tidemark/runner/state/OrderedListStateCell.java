package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Values sorted by time, each with a store entry of its own; adding reads nothing.
 *
 * <p>Owned by the lane.
 */
final class OrderedListStateCell<T extends @Nullable Object> extends StateCell
    implements Cells.OrderedListCell<T> {

  /** Where a value stands: by time, then in the order in which values were added. */
  private record Place(long timestamp, Sequence sequence) implements Comparable<Place> {
    private static final Sequence FIRST = new Sequence(-1, -1);

    static Place startOf(long timestamp) {
      return new Place(timestamp, FIRST);
    }

    static Place read(ByteReader in) {
      return new Place(in.readSigned(), Sequence.read(in));
    }

    Bytes storeKey(Bytes prefix) {
      ByteWriter out = new ByteWriter();
      out.write(prefix.array());
      out.writeSigned(timestamp);
      sequence.write(out);
      return out.toBytes();
    }

    @Override
    public int compareTo(Place other) {
      int byTime = Long.compare(timestamp, other.timestamp);
      return byTime != 0 ? byTime : sequence.compareTo(other.sequence);
    }
  }

  private final Coder<T> coder;

  /** Whether {@link #values} has what is stored; otherwise it has only what is not. */
  private boolean loaded;

  private boolean deleteStored;
  private NavigableMap<Place, T> values = new TreeMap<>();

  /** What was added (true) or, being stored, removed (false) since the last flush. */
  private SortedMap<Place, Boolean> changes = new TreeMap<>();

  OrderedListStateCell(KeyState owner, String namespace, String id, Coder<T> coder) {
    super(owner, namespace, id);
    this.coder = coder;
    this.loaded = !durable();
  }

  @Override
  public void add(TimestampedValue<T> value) {
    Place place = new Place(value.getTimestamp().getMillis(), storage().nextSequence());
    values.put(place, value.getValue());
    if (durable()) {
      changes.put(place, true);
    }
    changed();
  }

  @Override
  public Iterable<TimestampedValue<T>> readRange(long fromMillis, long toMillis) {
    load();
    List<TimestampedValue<T>> result = new ArrayList<>();
    for (Map.Entry<Place, T> entry : range(fromMillis, toMillis).entrySet()) {
      result.add(
          TimestampedValue.of(entry.getValue(), Instant.ofEpochMilli(entry.getKey().timestamp())));
    }
    return result;
  }

  @Override
  public void clearRange(long fromMillis, long toMillis) {
    load();
    NavigableMap<Place, T> range = range(fromMillis, toMillis);
    if (range.isEmpty()) {
      return;
    }
    if (durable()) {
      for (Place place : range.keySet()) {
        // What was added since the last flush is not stored.
        if (changes.remove(place) == null) {
          changes.put(place, false);
        }
      }
    }
    range.clear();
    changed();
  }

  @Override
  public void clear() {
    deleteStored = durable();
    loaded = true;
    values = new TreeMap<>();
    changes = new TreeMap<>();
    weigh(0);
    changed();
  }

  @Override
  public boolean isEmpty() {
    if (values.isEmpty()) {
      load();
    }
    return values.isEmpty();
  }

  @Override
  StateTable table() {
    return StateTable.ORDERED_LIST;
  }

  @Override
  void flush() {
    Bytes prefix = storeKey();
    if (deleteStored) {
      chain().deletePrefix(prefix);
      deleteStored = false;
    }
    ByteWriter out = new ByteWriter();
    changes.forEach(
        (place, added) -> {
          Bytes key = place.storeKey(prefix);
          if (added) {
            out.reset();
            encode(coder, values.get(place), out);
            chain().put(key, out.toBytes());
            weighMore(key.length() + out.size());
          } else {
            chain().delete(key);
          }
        });
    changes = new TreeMap<>();
    if (!loaded) {
      values = new TreeMap<>();
      weigh(0);
    }
  }

  @Override
  boolean droppable() {
    return values.isEmpty();
  }

  private NavigableMap<Place, T> range(long fromMillis, long toMillis) {
    return fromMillis >= toMillis
        ? new TreeMap<>()
        : values.subMap(Place.startOf(fromMillis), true, Place.startOf(toMillis), false);
  }

  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    Bytes prefix = storeKey();
    try (StateScan scan = chain().scan(prefix)) {
      while (scan.hasNext()) {
        StateEntry entry = scan.next();
        @SuppressWarnings("NullAway") // null only where the user added null
        T value = decode(coder, new ByteReader(entry.value()));
        values.put(Place.read(new ByteReader(entry.key(), prefix.length())), value);
        weighMore(entry.key().length() + entry.value().length());
      }
    }
  }
}
