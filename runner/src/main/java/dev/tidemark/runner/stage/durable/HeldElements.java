package dev.tidemark.runner.stage.durable;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.waiting.KeptElements;
import java.util.List;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * The elements that wait in a durable edge, in the node's cells, in numbered batches.
 *
 * <p>Owned by the lane.
 */
final class HeldElements {
  /** In place of a batch's number: there is nothing in it. */
  static final long EMPTY = -1;

  private final boolean keyed;
  private final KeptElements<Long> byBatch;
  private long current;

  /** For the node of {@code context}; knows what already waits in its cells. */
  HeldElements(NodeContext context, boolean keyed) {
    this.keyed = keyed;
    this.byBatch = new KeptElements<>(context, "durable", String::valueOf, Long::parseLong);
    this.current = byBatch.groups().stream().mapToLong(batch -> batch + 1).max().orElse(0);
  }

  /** Finds again what waits in the cells. */
  void restore() {
    byBatch.restore();
  }

  /** The number of the batch before the one that is being filled. */
  long lastBatch() {
    return current - 1;
  }

  /**
   * The lowest timestamp of all that wait, but never the end of time; {@link Timestamps#MAX} if
   * none does.
   */
  long earliest() {
    return byBatch.earliest();
  }

  /** Puts an element aside, in the batch that is being filled. */
  void add(Key key, WindowedValue<?> element) {
    long timestamp = Math.min(element.getTimestamp().getMillis(), Timestamps.MAX - 1);
    byBatch.add(current, key, element, timestamp);
  }

  /** Ends the batch that is being filled; its number, or {@link #EMPTY}. */
  long closeBatch() {
    return byBatch.groups().contains(current) ? current++ : EMPTY;
  }

  /**
   * Gives {@code taker} the elements of all batches up to this one: for each key in the order in
   * which they came. While it takes them, they still count as waiting.
   */
  void release(long lastBatch, KeptElements.Taker taker) throws Exception {
    List<Long> ready =
        byBatch.groups().stream().filter(batch -> batch <= lastBatch).sorted().toList();
    byBatch.release(ready, (key, element) -> taker.take(decoded(key, element), element));
  }

  /** A key that was found again in the cells does not know its decoded form. */
  private Key decoded(Key key, WindowedValue<?> element) {
    return keyed && key.decoded() == null
        ? new Key(key.encoded(), ((KV<?, ?>) element.getValue()).getKey())
        : key;
  }
}
