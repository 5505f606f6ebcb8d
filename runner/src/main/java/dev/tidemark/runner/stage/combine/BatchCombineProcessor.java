package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import dev.tidemark.runner.stage.group.BatchGroupingProcessor;
import dev.tidemark.runner.stage.group.GroupTable;
import dev.tidemark.translation.graph.Operation;
import java.util.Arrays;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window and combines each group into {@code KV<K, OutputT>} where all input is
 * bounded: one accumulator for each encoded key and window, and one result for each when the input
 * is complete. Where windows merge, their accumulators do, at the end.
 *
 * <p>Takes what {@link dev.tidemark.runner.stage.group.BatchGroupProcessor#supports} allows.
 * Nothing of this is durable: a batch job that failed starts over. Owned by the lane.
 */
public final class BatchCombineProcessor extends BatchGroupingProcessor {
  private final Operation.CombinePerKey operation;

  /** Makes one for a node of this operation. */
  public BatchCombineProcessor(Operation.CombinePerKey operation) {
    this.operation = operation;
  }

  @Override
  protected Groups groups(NodeContext context, EdgeCoders edge, WindowingStrategy<?, ?> windowing) {
    return new Accumulated(
        Combiner.of(operation.payload(), context), SegmentCoder.ofValues(edge), operation.lifted());
  }

  /** Keeps an accumulator for each group. Owned by the lane. */
  private static final class Accumulated implements Groups {
    private final Combiner combiner;
    private final SegmentCoder valueSegment;
    private final boolean lifted;
    private @Nullable Object[] accumulators = new @Nullable Object[8];
    private int known;

    Accumulated(Combiner combiner, SegmentCoder valueSegment, boolean lifted) {
      this.combiner = combiner;
      this.valueSegment = valueSegment;
      this.lifted = lifted;
    }

    @Override
    public void take(GroupTable table, int count, RecordBatch page) {
      growTo(table.size());
      for (int i = 0; i < count; i++) {
        int element = table.element(i);
        // Decoded anew for each window: an accumulator is never shared, and an input that is kept
        // in one need not be either.
        Object value =
            valueSegment.decode(
                page.payload(), page.valueOffset(element), page.valueLength(element));
        int group = table.group(i);
        add(group, group == known, value);
        known = Math.max(known, group + 1);
      }
    }

    private void growTo(int size) {
      if (size > accumulators.length) {
        accumulators = Arrays.copyOf(accumulators, Math.max(size, 2 * accumulators.length));
      }
    }

    private void add(int group, boolean isNew, @Nullable Object value) {
      if (lifted) {
        accumulators[group] = isNew ? value : combiner.merge(accumulators[group], value);
      } else {
        accumulators[group] = combiner.add(isNew ? combiner.create() : accumulators[group], value);
      }
    }

    /** Merges the accumulators of these groups and lets go of them. */
    @Override
    public @Nullable Object result(int[] groups) {
      Object united = accumulators[groups[0]];
      accumulators[groups[0]] = null;
      for (int i = 1; i < groups.length; i++) {
        united = combiner.merge(united, accumulators[groups[i]]);
        accumulators[groups[i]] = null;
      }
      return combiner.extract(united);
    }
  }
}
