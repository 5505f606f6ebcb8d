package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.MapCell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.apache.beam.sdk.state.SetState;
import org.jspecify.annotations.Nullable;

/**
 * Set state over a map cell without values.
 *
 * <p>Owned by the lane.
 */
final class CellSetState<T extends @Nullable Object> implements SetState<T> {
  private final MapCell<T, @Nullable Void> cell;

  CellSetState(MapCell<T, @Nullable Void> cell) {
    this.cell = cell;
  }

  @Override
  public ReadableState<Boolean> contains(T value) {
    return new Deferred<>(() -> cell.contains(value));
  }

  @Override
  public ReadableState<Boolean> addIfAbsent(T value) {
    boolean absent = !cell.contains(value);
    if (absent) {
      insert(value);
    }
    return ReadableStates.immediate(absent);
  }

  @Override
  public void add(T value) {
    insert(value);
  }

  @SuppressWarnings("NullAway") // a set has no values
  private void insert(T value) {
    cell.put(value, null);
  }

  @Override
  public void remove(T value) {
    cell.remove(value);
  }

  @Override
  public Iterable<T> read() {
    List<T> copy = new ArrayList<>();
    cell.entries().forEach(entry -> copy.add(entry.getKey()));
    return Collections.unmodifiableList(copy);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(cell::isEmpty);
  }

  @Override
  public void clear() {
    cell.clear();
  }

  @Override
  public SetState<T> readLater() {
    return this;
  }
}
