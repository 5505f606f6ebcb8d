package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.MultimapCell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/**
 * Multimap state over a multimap cell. Reads happen when they are read; what they then give is a
 * copy, so that a loop over it may change the multimap.
 *
 * <p>Owned by the lane.
 */
final class CellMultimapState<K extends @Nullable Object, V extends @Nullable Object>
    implements MultimapState<K, V> {
  private final MultimapCell<K, V> cell;

  CellMultimapState(MultimapCell<K, V> cell) {
    this.cell = cell;
  }

  @Override
  public void put(K key, V value) {
    cell.put(key, value);
  }

  @Override
  public ReadableState<Iterable<V>> get(K key) {
    return copyOf(() -> cell.get(key));
  }

  @Override
  public void remove(K key) {
    cell.remove(key);
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return copyOf(cell::keys);
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return copyOf(cell::entries);
  }

  @Override
  public ReadableState<Boolean> containsKey(K key) {
    return new Deferred<>(() -> cell.contains(key));
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(cell::isEmpty);
  }

  @Override
  public void clear() {
    cell.clear();
  }

  private static <T extends @Nullable Object> ReadableState<Iterable<T>> copyOf(
      Supplier<Iterable<T>> source) {
    return new Deferred<>(
        () -> {
          List<T> copy = new ArrayList<>();
          source.get().forEach(copy::add);
          return Collections.unmodifiableList(copy);
        });
  }
}
