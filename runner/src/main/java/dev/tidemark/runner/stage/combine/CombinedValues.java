package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.group.Group;
import dev.tidemark.runner.stage.group.GroupContents;
import dev.tidemark.translation.graph.Operation;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * The values of a group as an accumulator.
 *
 * <p>Owned by the lane.
 */
public final class CombinedValues implements GroupContents {
  private final Combiner combiner;
  private final boolean lifted;
  private final Coder<@Nullable Object> accumulatorCoder;

  private CombinedValues(
      Combiner combiner, boolean lifted, Coder<@Nullable Object> accumulatorCoder) {
    this.combiner = combiner;
    this.lifted = lifted;
    this.accumulatorCoder = accumulatorCoder;
  }

  /** Those of a node of this operation. */
  public static Factory of(Operation.CombinePerKey operation) {
    return context -> of(operation, context);
  }

  private static CombinedValues of(Operation.CombinePerKey operation, NodeContext context) {
    return new CombinedValues(
        Combiner.of(operation.payload(), context),
        operation.lifted(),
        context.components().coder(operation.payload().getAccumulatorCoderId()));
  }

  @Override
  public Coder<?> accumulatorCoder() {
    return accumulatorCoder;
  }

  @Override
  public void add(
      Cells cells, String namespace, Group group, @Nullable Object value, boolean shared) {
    if (!lifted) {
      group.setAccumulator(combiner.add(soFar(group), value));
    } else if (group.hasAccumulator() || shared) {
      // An accumulator that comes for several windows must become that of none.
      group.setAccumulator(combiner.merge(soFar(group), value));
    } else {
      group.setAccumulator(value);
    }
  }

  @Override
  public void merge(
      Cells cells, String namespace, Group group, String otherNamespace, Group other) {
    if (other.hasAccumulator()) {
      group.setAccumulator(
          group.hasAccumulator()
              ? combiner.merge(group.accumulator(), other.accumulator())
              : other.accumulator());
      other.removeAccumulator();
    }
  }

  private @Nullable Object soFar(Group group) {
    return group.hasAccumulator() ? group.accumulator() : combiner.create();
  }

  /** Extracts from a merged copy of what is kept: extracting may change what it is given. */
  @Override
  public @Nullable Object result(Cells cells, String namespace, Group group, boolean last) {
    Object accumulator = soFar(group);
    return combiner.extract(last ? accumulator : combiner.merge(combiner.create(), accumulator));
  }

  @Override
  public void clear(Cells cells, String namespace, Group group) {
    group.removeAccumulator();
  }

  @Override
  public boolean adopt(Cells cells, String namespace, String cellId, Group group) {
    Cells.ValueCell<@Nullable Object> cell = cells.value(namespace, cellId, accumulatorCoder);
    if (cell.isEmpty()) {
      return false;
    }
    group.setAccumulator(cell.read());
    cell.clear();
    return true;
  }
}
