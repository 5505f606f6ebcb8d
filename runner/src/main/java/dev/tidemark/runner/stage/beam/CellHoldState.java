package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.HoldCell;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Watermark hold state over a hold cell.
 *
 * <p>Owned by the lane.
 */
final class CellHoldState implements WatermarkHoldState {
  private final HoldCell cell;
  private final TimestampCombiner combiner;

  CellHoldState(HoldCell cell, TimestampCombiner combiner) {
    this.cell = cell;
    this.combiner = combiner;
  }

  @Override
  public TimestampCombiner getTimestampCombiner() {
    return combiner;
  }

  @Override
  public @Nullable Instant read() {
    Long hold = cell.read();
    return hold == null ? null : Instant.ofEpochMilli(hold);
  }

  @Override
  public void add(Instant timestamp) {
    Instant present = read();
    Instant combined = present == null ? timestamp : combiner.combine(present, timestamp);
    if (!combined.equals(present)) {
      cell.write(combined.getMillis());
    }
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
  public WatermarkHoldState readLater() {
    return this;
  }
}
