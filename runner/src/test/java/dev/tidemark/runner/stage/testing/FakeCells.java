package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.Cells;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The cells of one key, as lists of objects that are searched from end to end. */
final class FakeCells implements Cells {
  private final Map<List<String>, FakeCell> cells = new LinkedHashMap<>();

  /** A cell that can be written down. */
  private interface FakeCell extends Cell {
    /** Replaces every object in it by what its encoding decodes to. */
    void roundTrip();
  }

  /** The same cells, every object in them encoded and decoded; empty ones are left out. */
  FakeCells restored() {
    FakeCells restored = new FakeCells();
    cells.forEach(
        (address, cell) -> {
          if (!cell.isEmpty()) {
            cell.roundTrip();
            restored.cells.put(address, cell);
          }
        });
    return restored;
  }

  boolean isEmpty() {
    return cells.values().stream().allMatch(Cell::isEmpty);
  }

  /** The namespaces in which the value cell of this id holds something. */
  List<String> namespacesWithValue(String cellId) {
    List<String> namespaces = new ArrayList<>();
    cells.forEach(
        (address, cell) -> {
          if (address.get(1).equals(cellId) && cell instanceof FakeValue && !cell.isEmpty()) {
            namespaces.add(address.get(0));
          }
        });
    return namespaces;
  }

  /** The lowest hold that is set, or the given one. */
  long minHold(long other) {
    long min = other;
    for (FakeCell cell : cells.values()) {
      Long hold = cell instanceof FakeHold fake ? fake.read() : null;
      min = hold == null ? min : Math.min(min, hold);
    }
    return min;
  }

  @SuppressWarnings("unchecked") // one address has one kind of cell
  private <C extends FakeCell> C cell(String namespace, String id, Supplier<C> maker) {
    return (C) cells.computeIfAbsent(List.of(namespace, id), any -> maker.get());
  }

  private static <T extends @Nullable Object> T copy(Coder<T> coder, T value) {
    try {
      return CoderUtils.clone(coder, value);
    } catch (CoderException e) {
      throw new IllegalStateException("state cannot be written down: " + value, e);
    }
  }

  private static <T extends @Nullable Object> List<Byte> identity(Coder<T> coder, T value) {
    try {
      List<Byte> bytes = new ArrayList<>();
      for (byte b : CoderUtils.encodeToByteArray(coder, value)) {
        bytes.add(b);
      }
      return bytes;
    } catch (CoderException e) {
      throw new IllegalStateException("state key cannot be written down: " + value, e);
    }
  }

  @Override
  public <T extends @Nullable Object> ValueCell<T> value(
      String namespace, String id, Coder<T> coder) {
    return cell(namespace, id, () -> new FakeValue<>(coder));
  }

  @Override
  public <T extends @Nullable Object> BagCell<T> bag(String namespace, String id, Coder<T> coder) {
    return cell(namespace, id, () -> new FakeBag<>(coder));
  }

  @Override
  public <K extends @Nullable Object, V extends @Nullable Object> MapCell<K, V> map(
      String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
    return cell(namespace, id, () -> new FakeMap<>(keyCoder, valueCoder));
  }

  @Override
  public <K extends @Nullable Object, V extends @Nullable Object> MultimapCell<K, V> multimap(
      String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
    return cell(namespace, id, () -> new FakeMultimap<>(keyCoder, valueCoder));
  }

  @Override
  public <T extends @Nullable Object> OrderedListCell<T> orderedList(
      String namespace, String id, Coder<T> coder) {
    return cell(namespace, id, () -> new FakeOrderedList<>(coder));
  }

  @Override
  public HoldCell hold(String namespace, String id) {
    return cell(namespace, id, FakeHold::new);
  }

  private static final class FakeValue<T extends @Nullable Object>
      implements ValueCell<T>, FakeCell {
    private final Coder<T> coder;
    private final List<T> zeroOrOne = new ArrayList<>();
    // As it was when it was written: what is changed later and not written is lost.
    private final List<T> written = new ArrayList<>();

    FakeValue(Coder<T> coder) {
      this.coder = coder;
    }

    @Override
    public @Nullable T read() {
      return zeroOrOne.isEmpty() ? null : zeroOrOne.get(0);
    }

    @Override
    public void write(T value) {
      clear();
      zeroOrOne.add(value);
      written.add(copy(coder, value));
    }

    @Override
    public void clear() {
      zeroOrOne.clear();
      written.clear();
    }

    @Override
    public boolean isEmpty() {
      return zeroOrOne.isEmpty();
    }

    @Override
    public void roundTrip() {
      zeroOrOne.clear();
      written.forEach(value -> zeroOrOne.add(copy(coder, value)));
    }
  }

  private static final class FakeBag<T extends @Nullable Object> implements BagCell<T>, FakeCell {
    private final Coder<T> coder;
    private final List<T> values = new ArrayList<>();

    FakeBag(Coder<T> coder) {
      this.coder = coder;
    }

    @Override
    public void add(T value) {
      values.add(value);
    }

    @Override
    public Iterable<T> read() {
      return new ArrayList<>(values);
    }

    @Override
    public void clear() {
      values.clear();
    }

    @Override
    public boolean isEmpty() {
      return values.isEmpty();
    }

    @Override
    public void roundTrip() {
      values.replaceAll(value -> copy(coder, value));
    }
  }

  private static final class FakeMap<K extends @Nullable Object, V extends @Nullable Object>
      implements MapCell<K, V>, FakeCell {
    private final Coder<K> keyCoder;
    private final Coder<V> valueCoder;
    private final Map<List<Byte>, Map.Entry<K, V>> entries = new LinkedHashMap<>();

    FakeMap(Coder<K> keyCoder, Coder<V> valueCoder) {
      this.keyCoder = keyCoder;
      this.valueCoder = valueCoder;
    }

    @Override
    public @Nullable V get(K key) {
      Map.Entry<K, V> entry = entries.get(identity(keyCoder, key));
      return entry == null ? null : entry.getValue();
    }

    @Override
    public boolean contains(K key) {
      return entries.containsKey(identity(keyCoder, key));
    }

    @Override
    public void put(K key, V value) {
      entries.put(identity(keyCoder, key), new SimpleImmutableEntry<>(key, value));
    }

    @Override
    public void remove(K key) {
      entries.remove(identity(keyCoder, key));
    }

    @Override
    public Iterable<Map.Entry<K, V>> entries() {
      return entries.values();
    }

    @Override
    public void clear() {
      entries.clear();
    }

    @Override
    public boolean isEmpty() {
      return entries.isEmpty();
    }

    @Override
    public void roundTrip() {
      entries.replaceAll(
          (identity, entry) ->
              new SimpleImmutableEntry<>(
                  copy(keyCoder, entry.getKey()), copy(valueCoder, entry.getValue())));
    }
  }

  private static final class FakeMultimap<K extends @Nullable Object, V extends @Nullable Object>
      implements MultimapCell<K, V>, FakeCell {
    private final Coder<K> keyCoder;
    private final Coder<V> valueCoder;
    private final List<Map.Entry<K, V>> entries = new ArrayList<>();

    FakeMultimap(Coder<K> keyCoder, Coder<V> valueCoder) {
      this.keyCoder = keyCoder;
      this.valueCoder = valueCoder;
    }

    private boolean has(Map.Entry<K, V> entry, K key) {
      return identity(keyCoder, entry.getKey()).equals(identity(keyCoder, key));
    }

    @Override
    public void put(K key, V value) {
      entries.add(new SimpleImmutableEntry<>(key, value));
    }

    @Override
    public Iterable<V> get(K key) {
      return entries.stream().filter(entry -> has(entry, key)).map(Map.Entry::getValue).toList();
    }

    @Override
    public boolean contains(K key) {
      return get(key).iterator().hasNext();
    }

    @Override
    public void remove(K key) {
      entries.removeIf(entry -> has(entry, key));
    }

    @Override
    public Iterable<K> keys() {
      Map<List<Byte>, K> keys = new LinkedHashMap<>();
      entries.forEach(
          entry -> keys.putIfAbsent(identity(keyCoder, entry.getKey()), entry.getKey()));
      return keys.values();
    }

    @Override
    public Iterable<Map.Entry<K, V>> entries() {
      return entries;
    }

    @Override
    public void clear() {
      entries.clear();
    }

    @Override
    public boolean isEmpty() {
      return entries.isEmpty();
    }

    @Override
    public void roundTrip() {
      entries.replaceAll(
          entry ->
              new SimpleImmutableEntry<>(
                  copy(keyCoder, entry.getKey()), copy(valueCoder, entry.getValue())));
    }
  }

  private static final class FakeOrderedList<T extends @Nullable Object>
      implements OrderedListCell<T>, FakeCell {
    private final Coder<T> coder;
    private final List<TimestampedValue<T>> values = new ArrayList<>();

    FakeOrderedList(Coder<T> coder) {
      this.coder = coder;
    }

    private static boolean within(Instant timestamp, long fromMillis, long toMillis) {
      return timestamp.getMillis() >= fromMillis && timestamp.getMillis() < toMillis;
    }

    @Override
    public void add(TimestampedValue<T> value) {
      values.add(value);
    }

    @Override
    public Iterable<TimestampedValue<T>> readRange(long fromMillis, long toMillis) {
      return values.stream()
          .filter(value -> within(value.getTimestamp(), fromMillis, toMillis))
          .sorted((a, b) -> a.getTimestamp().compareTo(b.getTimestamp()))
          .toList();
    }

    @Override
    public void clearRange(long fromMillis, long toMillis) {
      values.removeIf(value -> within(value.getTimestamp(), fromMillis, toMillis));
    }

    @Override
    public void clear() {
      values.clear();
    }

    @Override
    public boolean isEmpty() {
      return values.isEmpty();
    }

    @Override
    public void roundTrip() {
      values.replaceAll(
          value -> TimestampedValue.of(copy(coder, value.getValue()), value.getTimestamp()));
    }
  }

  private static final class FakeHold implements HoldCell, FakeCell {
    private @Nullable Long hold;

    @Override
    public @Nullable Long read() {
      return hold;
    }

    @Override
    public void write(long timestampMillis) {
      hold = timestampMillis;
    }

    @Override
    public void clear() {
      hold = null;
    }

    @Override
    public boolean isEmpty() {
      return hold == null;
    }

    @Override
    public void roundTrip() {}
  }
}
