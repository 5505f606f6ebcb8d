package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.MapCell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.jspecify.annotations.Nullable;

/**
 * Map state over a map cell. Reads happen when they are read; what they then give is a copy, so
 * that a loop over it may change the map.
 *
 * <p>Owned by the lane.
 */
final class CellMapState<K extends @Nullable Object, V extends @Nullable Object>
    implements MapState<K, V> {
  private final MapCell<K, V> cell;

  CellMapState(MapCell<K, V> cell) {
    this.cell = cell;
  }

  @Override
  public ReadableState<V> get(K key) {
    return getOrDefault(key, null);
  }

  @Override
  @SuppressWarnings("NullAway") // an absent value is null, which Beam's signature does not say
  public ReadableState<V> getOrDefault(K key, @Nullable V defaultValue) {
    return new Deferred<V>(() -> cell.contains(key) ? cell.get(key) : defaultValue);
  }

  @Override
  @SuppressWarnings("NullAway") // null says that there was none
  public ReadableState<V> computeIfAbsent(K key, Function<? super K, ? extends V> mappingFunction) {
    V present = cell.get(key);
    if (present == null) {
      cell.put(key, mappingFunction.apply(key));
    }
    return ReadableStates.immediate(present);
  }

  @Override
  public void put(K key, V value) {
    cell.put(key, value);
  }

  @Override
  public void remove(K key) {
    cell.remove(key);
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return copyOfEntries(Map.Entry::getKey);
  }

  @Override
  public ReadableState<Iterable<V>> values() {
    return copyOfEntries(Map.Entry::getValue);
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return copyOfEntries(entry -> entry);
  }

  private <T extends @Nullable Object> ReadableState<Iterable<T>> copyOfEntries(
      Function<Map.Entry<K, V>, T> part) {
    return new Deferred<>(
        () -> {
          List<T> copy = new ArrayList<>();
          cell.entries().forEach(entry -> copy.add(part.apply(entry)));
          return Collections.unmodifiableList(copy);
        });
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(cell::isEmpty);
  }

  @Override
  public void clear() {
    cell.clear();
  }
}
