package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.ValueCell;
import org.apache.beam.sdk.state.ValueState;
import org.jspecify.annotations.Nullable;

/**
 * Value state over a value cell.
 *
 * <p>Owned by the lane.
 */
final class CellValueState<T extends @Nullable Object> implements ValueState<T> {
  private final ValueCell<T> cell;

  CellValueState(ValueCell<T> cell) {
    this.cell = cell;
  }

  @Override
  public @Nullable T read() {
    return cell.read();
  }

  @Override
  public void write(T value) {
    cell.write(value);
  }

  @Override
  public void clear() {
    cell.clear();
  }

  @Override
  public ValueState<T> readLater() {
    return this;
  }
}
