package dev.tidemark.runner.stage.durable;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Cells.BagCell;
import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * The elements that wait in a durable edge, in numbered batches. They are kept in the node's cells,
 * by key and batch; what is kept in memory is only which keys of which batch have some, and since
 * when.
 *
 * <p>Owned by the lane.
 */
final class HeldElements {
  /** In place of a batch's number: there is nothing in it. */
  static final long EMPTY = -1;

  private static final String EARLIEST_CELL = "durableSince";
  private static final String ELEMENTS_CELL = "durable";

  /** Takes the elements that need not wait any more. */
  @FunctionalInterface
  interface Taker {
    void take(Key key, WindowedValue<?> element) throws Exception;
  }

  private final NodeContext context;
  private final boolean keyed;
  private final Coder<WindowedValue<Object>> elementCoder;
  private final TreeMap<Long, Map<Key, Long>> earliestByBatch = new TreeMap<>();
  private long current;
  private long earliest = Timestamps.MAX;

  /** For the node of {@code context}; knows what already waits in its cells. */
  HeldElements(NodeContext context, boolean keyed) {
    this.context = context;
    this.keyed = keyed;
    this.elementCoder = StoredElementCoder.ofInput(context);
    restore();
    this.current = earliestByBatch.isEmpty() ? 0 : earliestByBatch.lastKey() + 1;
  }

  /** Finds again what waits in the cells. */
  void restore() {
    earliestByBatch.clear();
    earliest = Timestamps.MAX;
    context.cells().forEachValue(EARLIEST_CELL, this::remember);
  }

  private void remember(Key key, String namespace) {
    Long since = earliestCell(key, namespace).read();
    if (since != null) {
      note(Long.parseLong(namespace), key, since);
    }
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
    return earliest;
  }

  /** Puts an element aside, in the batch that is being filled. */
  @SuppressWarnings("unchecked") // the element is of the input's type
  void add(Key key, WindowedValue<?> element) {
    String namespace = Long.toString(current);
    elementsCell(key, namespace).add((WindowedValue<Object>) element);
    long timestamp = Math.min(element.getTimestamp().getMillis(), Timestamps.MAX - 1);
    ValueCell<Long> since = earliestCell(key, namespace);
    Long before = since.read();
    if (before == null || timestamp < before) {
      since.write(timestamp);
    }
    note(current, key, timestamp);
  }

  private void note(long batch, Key key, long timestamp) {
    earliestByBatch
        .computeIfAbsent(batch, any -> new LinkedHashMap<>())
        .merge(key, timestamp, Math::min);
    earliest = Math.min(earliest, timestamp);
  }

  /** Ends the batch that is being filled; its number, or {@link #EMPTY}. */
  long closeBatch() {
    return earliestByBatch.containsKey(current) ? current++ : EMPTY;
  }

  /**
   * Gives {@code taker} the elements of all batches up to this one: for each key in the order in
   * which they came. While it takes them, they still count as waiting.
   */
  void release(long lastBatch, Taker taker) throws Exception {
    Map<Long, Map<Key, Long>> ready = earliestByBatch.headMap(lastBatch, true);
    if (ready.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Map<Key, Long>> batch : ready.entrySet()) {
      String namespace = Long.toString(batch.getKey());
      for (Key key : List.copyOf(batch.getValue().keySet())) {
        release(key, namespace, taker);
      }
    }
    ready.clear();
    earliest =
        earliestByBatch.values().stream()
            .flatMap(byKey -> byKey.values().stream())
            .mapToLong(Long::longValue)
            .min()
            .orElse(Timestamps.MAX);
  }

  private void release(Key key, String namespace, Taker taker) throws Exception {
    for (WindowedValue<Object> element : elementsCell(key, namespace).read()) {
      taker.take(decoded(key, element), element);
    }
    elementsCell(key, namespace).clear();
    earliestCell(key, namespace).clear();
  }

  /** A key that was found again in the cells does not know its decoded form. */
  private Key decoded(Key key, WindowedValue<Object> element) {
    return keyed && key.decoded() == null
        ? new Key(key.encoded(), ((KV<?, ?>) element.getValue()).getKey())
        : key;
  }

  private BagCell<WindowedValue<Object>> elementsCell(Key key, String namespace) {
    return cells(key).bag(namespace, ELEMENTS_CELL, elementCoder);
  }

  private ValueCell<Long> earliestCell(Key key, String namespace) {
    return cells(key).value(namespace, EARLIEST_CELL, BigEndianLongCoder.of());
  }

  private Cells cells(Key key) {
    return context.cells().forKey(key);
  }
}
