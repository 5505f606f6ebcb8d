package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.OrderedListCell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Ordered list state over an ordered list cell. What a read gives is a copy.
 *
 * <p>Owned by the lane.
 */
final class CellOrderedListState<T extends @Nullable Object> implements OrderedListState<T> {
  private final OrderedListCell<T> cell;

  CellOrderedListState(OrderedListCell<T> cell) {
    this.cell = cell;
  }

  @Override
  public Iterable<TimestampedValue<T>> read() {
    return copyOfRange(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Override
  public Iterable<TimestampedValue<T>> readRange(Instant minTimestamp, Instant limitTimestamp) {
    return copyOfRange(minTimestamp.getMillis(), limitTimestamp.getMillis());
  }

  private Iterable<TimestampedValue<T>> copyOfRange(long fromMillis, long toMillis) {
    List<TimestampedValue<T>> copy = new ArrayList<>();
    cell.readRange(fromMillis, toMillis).forEach(copy::add);
    return Collections.unmodifiableList(copy);
  }

  @Override
  public void clearRange(Instant minTimestamp, Instant limitTimestamp) {
    cell.clearRange(minTimestamp.getMillis(), limitTimestamp.getMillis());
  }

  @Override
  public void add(TimestampedValue<T> value) {
    cell.add(value);
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
  public OrderedListState<T> readLater() {
    return this;
  }

  @Override
  public OrderedListState<T> readRangeLater(Instant minTimestamp, Instant limitTimestamp) {
    return this;
  }
}
