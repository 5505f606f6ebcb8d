package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Groups {@code KV<K, V>} into {@code KV<K, Iterable<V>>} where all input is bounded: appends the
 * encoded values of each key and window to a list of bytes, without decoding them, and emits each
 * group once, when the input is complete.
 *
 * <p>Keys are what their coder makes of them; the values of a group come in the order in which they
 * arrived. The iterables may be iterated over many times; one that somebody holds keeps the values
 * of all groups of the lane from being freed. Nothing of this is durable: a batch job that failed
 * starts over.
 *
 * <p>Owned by the lane.
 */
public final class BatchGroupProcessor extends BatchGroupingProcessor {

  /** Whether this processor may take a collection of this windowing; see {@link BatchWindows}. */
  public static boolean supports(WindowingStrategy<?, ?> windowing) {
    return BatchWindows.supports(windowing);
  }

  @Override
  protected Groups groups(NodeContext context, EdgeCoders edge, WindowingStrategy<?, ?> windowing) {
    return new Chained(new GroupValues(SegmentCoder.ofValues(edge), windowing.needsMerge()));
  }

  /** Keeps the encoded values of each group in a chain. */
  private record Chained(GroupValues values) implements Groups {
    @Override
    public void take(GroupTable table, int count, RecordBatch page) {
      for (int i = 0; i < count; i++) {
        values.append(table.group(i), page, table.element(i));
      }
    }

    @Override
    public Object result(int[] groups) {
      return values.of(groups);
    }
  }
}
