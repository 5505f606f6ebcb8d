package dev.tidemark.runner.stage;

import java.util.function.BiConsumer;

/**
 * The state cells of one node in one lane, by key. Part of the node's durable state.
 *
 * <p>Owned by the lane.
 */
public interface KeyedCells {

  /**
   * The cells of {@code key}, for the call at hand: the host may forget empty ones when the
   * operator returns from an element, a timer or a watermark.
   */
  Cells forKey(Key key);

  /**
   * Calls {@code visitor} with key and namespace of each value cell named {@code cellId} that holds
   * something, in an unspecified but repeatable order. To rebuild what an operator keeps in memory
   * beside its cells. The keys are not decoded.
   */
  void forEachValue(String cellId, BiConsumer<Key, String> visitor);
}
