package dev.tidemark.runner.stage;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The state cells of one node in one lane, by key. Part of the node's durable state.
 *
 * <p>Owned by the lane.
 */
public interface KeyedCells {

  /**
   * The cells of {@code key}; they, and what they hand out, are valid until {@link #generation}
   * changes.
   */
  Cells forKey(Key key);

  /**
   * The key that is encoded as a part of {@code bytes}, if it is known here, decoded; else null.
   * Nothing is made to find it, nor to find its cells then.
   *
   * @param hash of the encoded key, see {@link Key#keyHash}
   */
  default @Nullable Key known(byte[] bytes, int from, int length, int hash) {
    return null;
  }

  /**
   * A number that changes when the cells handed out before are not valid any more. That never
   * happens during a call of the processor, but may between any two calls, also within a bundle.
   */
  int generation();

  /**
   * Whether {@code key} is one of this lane's. Who makes up a key has to see to it: what is kept
   * under another one comes to light in another lane, behind whose watermark it may be.
   */
  default boolean owns(Key key) {
    return true;
  }

  /**
   * A key that is no user's and that lies in the same key group as {@code key}: for what a node
   * keeps of many keys together. Always the same for all keys of a group; what is kept under it
   * goes wherever the keys of the group go. The node may have users' keys, too, so that names of
   * cells must not meet.
   */
  default Key groupKey(Key key) {
    return LaneKeys.of(0);
  }

  /** All keys that {@link #groupKey} may give in this lane, in a repeatable order. */
  default List<Key> groupKeys() {
    return List.of(LaneKeys.of(0));
  }

  /**
   * Calls {@code visitor} with key and namespace of each value cell named {@code cellId} that holds
   * something, in an unspecified but repeatable order. To rebuild what an operator keeps in memory
   * beside its cells. The keys are not decoded.
   */
  void forEachValue(String cellId, BiConsumer<Key, String> visitor);
}
