package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.NodeContext;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the values of a key and window under the streaming policy: an accumulator in the
 * {@link Group}, or something in further cells of the key.
 *
 * <p>Owned by the lane.
 */
public interface GroupContents {

  /** Makes those of a node, when it is opened. */
  @FunctionalInterface
  interface Factory {
    /** Makes those of the node of {@code context}. */
    GroupContents of(NodeContext context);
  }

  /** The coder of {@link Group#accumulator}. */
  Coder<?> accumulatorCoder();

  /**
   * Adds a value.
   *
   * @param cells the key's cells
   * @param namespace the window's namespace
   * @param shared whether {@code value} is added to other windows, too
   */
  void add(Cells cells, String namespace, Group group, @Nullable Object value, boolean shared);

  /**
   * Adds the values of another group of the key, which ends then.
   *
   * @param otherNamespace the other window's namespace
   */
  void merge(Cells cells, String namespace, Group group, String otherNamespace, Group other);

  /**
   * What the values come to. It stays as it is when the group is changed or cleared.
   *
   * @param last whether the values are cleared right after
   */
  @Nullable Object result(Cells cells, String namespace, Group group, boolean last);

  /** Removes the values. */
  void clear(Cells cells, String namespace, Group group);

  /**
   * Takes over the values that Beam's classes have left for the group, which is new, in the cell
   * named {@code cellId}.
   *
   * @return whether there are any
   */
  boolean adopt(Cells cells, String namespace, String cellId, Group group);
}
