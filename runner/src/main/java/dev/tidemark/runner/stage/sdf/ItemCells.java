package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Values without a key of their own in a node's durable state: each under a key made up for it, one
 * that the lane owns, so that they can be dealt to other lanes like keys.
 *
 * <p>Owned by the lane.
 */
public final class ItemCells<T> {
  private static final String NAMESPACE = "";

  private final KeyedCells cells;
  private final String cellId;
  private final Coder<T> coder;

  /** Copies of what the cells hold, the longest unchanged first. */
  private final Map<Key, T> items = new LinkedHashMap<>();

  /** The number of the next key that is made up: after those of all items of the lane. */
  private long next;

  /**
   * Knows at once what is in the state.
   *
   * @param cells of the node
   * @param cellId the cell of each value
   * @param coder encodes the values
   */
  public ItemCells(KeyedCells cells, String cellId, Coder<T> coder) {
    this.cells = cells;
    this.cellId = cellId;
    this.coder = coder;
    restore();
  }

  /** Finds again what is in the state. */
  public void restore() {
    items.clear();
    List<Key> keys = new ArrayList<>();
    cells.forEachValue(cellId, (key, namespace) -> keys.add(key));
    for (Key key : keys) {
      T item = cell(key).read();
      if (item != null) {
        items.put(key, item);
        next = Math.max(next, ByteBuffer.wrap(key.encoded()).getLong() + 1);
      }
    }
  }

  /** The coder of the values. */
  public Coder<T> coder() {
    return coder;
  }

  /** Adds a value. */
  public Key add(T item) {
    Key key;
    do {
      key = newKey();
    } while (!cells.owns(key));
    replace(key, item);
    return key;
  }

  private Key newKey() {
    return new Key(ByteBuffer.allocate(Long.BYTES).putLong(next++).array(), null);
  }

  /** Replaces a value; it goes to the end of the order. */
  public void replace(Key key, T item) {
    cell(key).write(item);
    items.remove(key);
    items.put(key, item);
  }

  /** Removes a value, if it is there. */
  public void remove(Key key) {
    if (items.remove(key) != null) {
      cell(key).clear();
    }
  }

  /** The value under a key, or null. */
  public @Nullable T get(Key key) {
    return items.get(key);
  }

  /** The values as they stand now. */
  public List<Map.Entry<Key, T>> snapshot() {
    List<Map.Entry<Key, T>> entries = new ArrayList<>(items.size());
    items.forEach((key, item) -> entries.add(Map.entry(key, item)));
    return entries;
  }

  /** The values; not to be changed meanwhile. */
  public Iterable<T> values() {
    return items.values();
  }

  /** Whether there are no values. */
  public boolean isEmpty() {
    return items.isEmpty();
  }

  private ValueCell<T> cell(Key key) {
    return cells.forKey(key).value(NAMESPACE, cellId, coder);
  }
}
