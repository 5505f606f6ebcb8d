package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one key that are in memory.
 *
 * <p>Owned by the lane.
 */
final class KeyState implements Cells {
  /** Up to so many cells are looked for one by one; most keys have two or three. */
  private static final int SCANNED = 8;

  private record Address(String namespace, String id) {}

  private final NodeCells cells;
  private final Key key;

  /** Those cells, chained; null if there are none, or {@link #many} are indexed. */
  private @Nullable StateCell first;

  private @Nullable Map<Address, StateCell> many;
  private @Nullable KeyState nextInTable;
  private @Nullable String remembered;
  private boolean detached;
  private boolean touched;

  KeyState(NodeCells cells, Key key) {
    this.cells = cells;
    this.key = key;
  }

  @Override
  public <T extends @Nullable Object> ValueCell<T> value(
      String namespace, String id, Coder<T> coder) {
    StateCell cell = find(namespace, id);
    if (cell == null) {
      return add(new ValueStateCell<>(this, namespace, id, coder));
    }
    @SuppressWarnings("unchecked") // a cell is always asked for with equal coders
    ValueCell<T> found = checked(cell, ValueStateCell.class);
    return found;
  }

  @Override
  public <T extends @Nullable Object> BagCell<T> bag(String namespace, String id, Coder<T> coder) {
    StateCell cell = find(namespace, id);
    if (cell == null) {
      return add(new BagStateCell<>(this, namespace, id, coder));
    }
    @SuppressWarnings("unchecked") // a cell is always asked for with equal coders
    BagCell<T> found = checked(cell, BagStateCell.class);
    return found;
  }

  @Override
  public <K extends @Nullable Object, V extends @Nullable Object> MapCell<K, V> map(
      String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
    StateCell cell = find(namespace, id);
    if (cell == null) {
      return add(new MapStateCell<>(this, namespace, id, keyCoder, valueCoder));
    }
    @SuppressWarnings("unchecked") // a cell is always asked for with equal coders
    MapCell<K, V> found = checked(cell, MapStateCell.class);
    return found;
  }

  @Override
  public <K extends @Nullable Object, V extends @Nullable Object> MultimapCell<K, V> multimap(
      String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
    StateCell cell = find(namespace, id);
    if (cell == null) {
      return add(new MultimapStateCell<>(this, namespace, id, keyCoder, valueCoder));
    }
    @SuppressWarnings("unchecked") // a cell is always asked for with equal coders
    MultimapCell<K, V> found = checked(cell, MultimapStateCell.class);
    return found;
  }

  @Override
  public <T extends @Nullable Object> OrderedListCell<T> orderedList(
      String namespace, String id, Coder<T> coder) {
    StateCell cell = find(namespace, id);
    if (cell == null) {
      return add(new OrderedListStateCell<>(this, namespace, id, coder));
    }
    @SuppressWarnings("unchecked") // a cell is always asked for with equal coders
    OrderedListCell<T> found = checked(cell, OrderedListStateCell.class);
    return found;
  }

  @Override
  public HoldCell hold(String namespace, String id) {
    StateCell cell = find(namespace, id);
    return cell == null
        ? add(new HoldStateCell(this, namespace, id))
        : checked(cell, HoldStateCell.class);
  }

  @Override
  public boolean remember(String namespace) {
    if (namespace.equals(remembered)) {
      return true;
    }
    remembered = namespace;
    return false;
  }

  @Override
  public void forget() {
    remembered = null;
  }

  NodeCells cells() {
    return cells;
  }

  Key key() {
    return key;
  }

  /** The cells in memory. */
  Collection<StateCell> inMemory() {
    if (many != null) {
      return many.values();
    }
    List<StateCell> few = new ArrayList<>(2);
    for (StateCell cell = first; cell != null; cell = cell.nextOfKey()) {
      few.add(cell);
    }
    return few;
  }

  /** Whether this is the state of the key that is encoded as a part of {@code bytes}. */
  boolean isOf(byte[] bytes, int from, int length, int hash) {
    byte[] encoded = key.encoded();
    return hash == key.keyHash()
        && Arrays.equals(encoded, 0, encoded.length, bytes, from, from + length);
  }

  /** The next one in the same bucket of the table of keys. */
  @Nullable KeyState nextInTable() {
    return nextInTable;
  }

  void setNextInTable(@Nullable KeyState next) {
    nextInTable = next;
  }

  /** Notes that these are not the cells of the key any more. */
  void detach() {
    detached = true;
  }

  /** Whether {@link #detach} was called. */
  boolean isDetached() {
    return detached;
  }

  /** Notes that the key is used. */
  void touch() {
    touched = true;
  }

  /** Whether the key was used since the last call. */
  boolean takeTouched() {
    boolean was = touched;
    touched = false;
    return was;
  }

  boolean isEmpty() {
    return first == null && (many == null || many.isEmpty());
  }

  void remove(StateCell cell) {
    if (many != null) {
      many.remove(new Address(cell.namespace(), cell.id()));
      return;
    }
    StateCell before = null;
    for (StateCell found = first; found != null; found = found.nextOfKey()) {
      if (found == cell) {
        if (before == null) {
          first = cell.nextOfKey();
        } else {
          before.setNextOfKey(cell.nextOfKey());
        }
        return;
      }
      before = found;
    }
  }

  private @Nullable StateCell find(String namespace, String id) {
    if (many != null) {
      return many.get(new Address(namespace, id));
    }
    StateCell cell = first;
    while (cell != null && !cell.isAt(namespace, id)) {
      cell = cell.nextOfKey();
    }
    return cell;
  }

  private <C extends StateCell> C add(C cell) {
    if (detached) {
      throw new IllegalStateException(cell + " is asked for by cells that are not valid any more");
    }
    Map<Address, StateCell> index = many;
    if (index == null && !chain(cell)) {
      index = new HashMap<>();
      for (StateCell other : inMemory()) {
        index.put(new Address(other.namespace(), other.id()), other);
      }
      first = null;
      many = index;
    }
    if (index != null) {
      index.put(new Address(cell.namespace(), cell.id()), cell);
    }
    cells.noteNew(cell);
    return cell;
  }

  /** Appends a cell to the chain, unless that has become too long. */
  private boolean chain(StateCell cell) {
    StateCell end = first;
    if (end == null) {
      first = cell;
      return true;
    }
    int length = 1;
    for (StateCell next = end.nextOfKey(); next != null; next = end.nextOfKey()) {
      end = next;
      length++;
    }
    if (length >= SCANNED) {
      return false;
    }
    end.setNextOfKey(cell);
    return true;
  }

  private static <C extends StateCell> C checked(StateCell cell, Class<C> kind) {
    if (!kind.isInstance(cell)) {
      throw new IllegalStateException(
          cell + " is a " + cell.getClass().getSimpleName() + ", not a " + kind.getSimpleName());
    }
    return kind.cast(cell);
  }
}
