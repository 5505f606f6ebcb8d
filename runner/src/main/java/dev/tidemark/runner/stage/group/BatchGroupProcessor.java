package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Groups {@code KV<K, V>} into {@code KV<K, Iterable<V>>} where all input is bounded: appends the
 * encoded values of each key and window to a list of bytes, without decoding them, and emits each
 * group once, when the input is complete. What does not fit into memory is on disk, see {@link
 * SpillingGroups}.
 *
 * <p>Keys are what their coder makes of them; the values of a group come in the order in which they
 * arrived, but for those of windows that are merged after they were on disk. The iterables may be
 * iterated over many times, at the same time too, and as long as somebody holds them: then the
 * values of many groups cannot be freed, or their file takes its place on disk. Nothing of this is
 * durable: a batch job that failed starts over.
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
    return new GroupValues(
        context.workSpace(), SegmentCoder.ofValues(edge), windowing.needsMerge());
  }
}
