package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.exchange.BytesKeyTable;
import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.Partitions;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import dev.tidemark.runner.stage.group.BatchGroupingProcessor;
import dev.tidemark.runner.stage.group.GroupTable;
import dev.tidemark.runner.stage.group.SpillableGroups;
import dev.tidemark.translation.graph.Operation;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window and combines each group into {@code KV<K, OutputT>} where all input is
 * bounded: one accumulator for each encoded key and window, and one result for each when the input
 * is complete. Where windows merge, their accumulators do, at the end. Accumulators that do not fit
 * into memory are on disk, as encoded, and are merged with later ones of their group in the end.
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
    Combiner combiner = Combiner.of(operation.payload(), context);
    if (operation.lifted()) {
      return new Accumulated(
          combiner, SegmentCoder.ofValues(edge), SegmentCoder.ofValues(edge), true);
    }
    Coder<?> accumulator = context.components().coder(operation.payload().getAccumulatorCoderId());
    EdgeCoders accumulated =
        new EdgeCoders(
            edge.transform(),
            edge.collection(),
            KvCoder.of(edge.kvCoder().getKeyCoder(), accumulator),
            edge.windowCoder());
    return new Accumulated(
        combiner, SegmentCoder.ofValues(edge), SegmentCoder.ofValues(accumulated), false);
  }

  /** Keeps an accumulator for each group. Owned by the lane. */
  private static final class Accumulated implements SpillableGroups {
    // What an accumulator takes as an object: some times its encoding, and headers.
    private static final int OBJECT_OF_ENCODED = 3;
    private static final int OBJECT_BYTES = 48;

    private final Combiner combiner;
    private final SegmentCoder valueSegment;
    private final SegmentCoder accumulatorSegment;
    private final boolean lifted;
    private final AccumulatorSizes sizes;
    private @Nullable Object[] accumulators = new @Nullable Object[8];
    private int known;
    private double encodedBytes;

    /**
     * Makes one without accumulators.
     *
     * @param lifted whether values are accumulators
     */
    Accumulated(
        Combiner combiner,
        SegmentCoder valueSegment,
        SegmentCoder accumulatorSegment,
        boolean lifted) {
      this.combiner = combiner;
      this.valueSegment = valueSegment;
      this.accumulatorSegment = accumulatorSegment;
      this.lifted = lifted;
      this.sizes = new AccumulatorSizes(accumulatorSegment);
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
        if (sizes.due()) {
          encodedBytes = sizes.estimate(accumulators, known, group);
        }
      }
    }

    @Override
    public long memoryBytes() {
      return (long) (OBJECT_OF_ENCODED * encodedBytes)
          + (long) OBJECT_BYTES * known
          + (long) Long.BYTES * accumulators.length;
    }

    @Override
    public void write(GroupTable table, int group, byte[] frame, Partitions partitions) {
      BytesKeyTable keys = table.keys();
      PageBuilder to = partitions.to(keys.hash(group));
      to.output().write(keys.bytes(group), keys.offset(group), keys.length(group));
      to.endKey();
      accumulatorSegment.encode(combiner.compact(accumulators[group]), to.output());
      to.endElement(table.time(group), keys.hash(group), frame);
      accumulators[group] = null;
    }

    @Override
    public SpillableGroups keep(int[] groups) {
      Accumulated kept = new Accumulated(combiner, valueSegment, accumulatorSegment, lifted);
      kept.growTo(groups.length);
      for (int i = 0; i < groups.length; i++) {
        kept.accumulators[i] = accumulators[groups[i]];
      }
      kept.known = groups.length;
      return kept;
    }

    @Override
    public SpillableGroups reader() {
      return new Accumulated(combiner, accumulatorSegment, accumulatorSegment, true);
    }

    @Override
    public boolean writesInputs() {
      return false;
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
