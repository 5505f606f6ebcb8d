package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.BagCell;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/**
 * Bag state over a bag cell. What {@link #read} gave stays as it was when the bag is changed or
 * cleared, which users and Beam's grouping rely on.
 *
 * <p>Owned by the lane.
 */
final class CellBagState<T extends @Nullable Object> implements BagState<T> {
  private final BagCell<T> cell;

  CellBagState(BagCell<T> cell) {
    this.cell = cell;
  }

  @Override
  public Iterable<T> read() {
    return cell.read();
  }

  @Override
  public void add(T value) {
    cell.add(value);
  }

  @Override
  public void clear() {
    cell.clear();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(cell::isEmpty);
  }

  @Override
  public BagState<T> readLater() {
    return this;
  }
}
