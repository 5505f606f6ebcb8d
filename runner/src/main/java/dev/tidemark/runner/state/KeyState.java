package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import java.util.ArrayList;
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
  private final List<StateCell> few = new ArrayList<>(2);
  private @Nullable Map<Address, StateCell> many;
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
    return many == null ? few : many.values();
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
    return few.isEmpty() && (many == null || many.isEmpty());
  }

  void remove(StateCell cell) {
    if (many == null) {
      few.remove(cell);
    } else {
      many.remove(new Address(cell.namespace(), cell.id()));
    }
  }

  private @Nullable StateCell find(String namespace, String id) {
    if (many != null) {
      return many.get(new Address(namespace, id));
    }
    for (int i = 0; i < few.size(); i++) {
      if (few.get(i).isAt(namespace, id)) {
        return few.get(i);
      }
    }
    return null;
  }

  private <C extends StateCell> C add(C cell) {
    if (detached) {
      throw new IllegalStateException(cell + " is asked for by cells that are not valid any more");
    }
    if (many == null && few.size() < SCANNED) {
      few.add(cell);
    } else {
      Map<Address, StateCell> index = many;
      if (index == null) {
        index = new HashMap<>();
        for (StateCell other : few) {
          index.put(new Address(other.namespace(), other.id()), other);
        }
        few.clear();
        many = index;
      }
      index.put(new Address(cell.namespace(), cell.id()), cell);
    }
    cells.noteNew(cell);
    return cell;
  }

  private static <C extends StateCell> C checked(StateCell cell, Class<C> kind) {
    if (!kind.isInstance(cell)) {
      throw new IllegalStateException(
          cell + " is a " + cell.getClass().getSimpleName() + ", not a " + kind.getSimpleName());
    }
    return kind.cast(cell);
  }
}
