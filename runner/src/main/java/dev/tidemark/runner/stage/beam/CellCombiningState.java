package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells.ValueCell;
import java.util.Arrays;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.jspecify.annotations.Nullable;

/**
 * Combining state over a value cell that holds the accumulator.
 *
 * <p>Owned by the lane.
 */
final class CellCombiningState<
        InputT extends @Nullable Object,
        AccumT extends @Nullable Object,
        OutputT extends @Nullable Object>
    implements CombiningState<InputT, AccumT, OutputT> {
  private final ValueCell<AccumT> cell;
  private final CombineFn<InputT, AccumT, OutputT> combineFn;

  CellCombiningState(ValueCell<AccumT> cell, CombineFn<InputT, AccumT, OutputT> combineFn) {
    this.cell = cell;
    this.combineFn = combineFn;
  }

  /** Extracts from a merged copy, because {@code extractOutput} may change what it is given. */
  @Override
  public OutputT read() {
    return combineFn.extractOutput(
        combineFn.mergeAccumulators(Arrays.asList(combineFn.createAccumulator(), getAccum())));
  }

  @Override
  public void add(InputT value) {
    cell.write(combineFn.addInput(getAccum(), value));
  }

  @Override
  @SuppressWarnings("NullAway") // a cell that is not empty holds an accumulator
  public AccumT getAccum() {
    return cell.isEmpty() ? combineFn.createAccumulator() : cell.read();
  }

  @Override
  public void addAccum(AccumT accumulator) {
    cell.write(
        cell.isEmpty()
            ? combineFn.mergeAccumulators(Arrays.asList(combineFn.createAccumulator(), accumulator))
            : combineFn.mergeAccumulators(Arrays.asList(getAccum(), accumulator)));
  }

  @Override
  public AccumT mergeAccumulators(Iterable<AccumT> accumulators) {
    return combineFn.mergeAccumulators(accumulators);
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
  public CombiningState<InputT, AccumT, OutputT> readLater() {
    return this;
  }
}
