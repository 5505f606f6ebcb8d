package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one node in one lane. Keeps them as objects, and knows which have changed and which
 * can be forgotten.
 *
 * <p>Owned by the lane.
 */
final class NodeCells implements KeyedCells {
  /** A rough number of bytes that the objects around a key's state take. */
  private static final long KEY_BYTES = 300;

  private final NodeStorage storage;
  private final GroupRange groups;
  private final CacheBudget budget;

  private final KeyTable keys = new KeyTable();
  private final ReadAhead readAhead;

  /** Which keys leave memory first; unused if not durable. */
  private final EvictionQueue eviction = new EvictionQueue();

  /** Keys that came to memory since the last clean-up. */
  private final List<KeyState> newKeys = new ArrayList<>();

  /** Cells for the next clean-up: made, changed or written since the last one. */
  private final List<StateCell> noted = new ArrayList<>();

  /** Cells with changes that are in no overlay yet; unused if not durable. */
  private final List<StateCell> dirty = new ArrayList<>();

  /** A key for each key group, made when somebody asks for one. */
  private @Nullable List<Key> keysOfGroups;

  private Recent recent = new Recent();
  private int generation;

  NodeCells(NodeStorage storage, GroupRange groups, CacheBudget budget) {
    this.storage = storage;
    this.groups = groups;
    this.budget = budget;
    this.readAhead = new ReadAhead(storage.chain(), storage.layout(), keys);
  }

  @Override
  public Cells forKey(Key key) {
    KeyState current = recent.key;
    if (current != null && current.key().equals(key)) {
      return current;
    }
    KeyState state = keys.find(key);
    if (state == null) {
      state = new KeyState(this, key);
      keys.add(state);
      newKeys.add(state);
      budget.use(KEY_BYTES);
      if (storage.durable()) {
        eviction.add(state, keys.size());
      }
    }
    state.touch();
    recent.key = state;
    return state;
  }

  @Override
  public @Nullable Key known(byte[] bytes, int from, int length, int hash) {
    KeyState state = keys.find(bytes, from, length, hash);
    // Not every key that cells are asked for with is decoded.
    if (state == null || state.key().decoded() == null) {
      return null;
    }
    state.touch();
    recent.key = state;
    return state.key();
  }

  @Override
  public int generation() {
    return generation;
  }

  @Override
  public boolean owns(Key key) {
    return groups.contains(storage.layout().groups().groupOf(key.keyHash()));
  }

  @Override
  public Key groupKey(Key key) {
    return keysOfGroups().get(storage.layout().groups().groupOf(key.keyHash()));
  }

  @Override
  public List<Key> groupKeys() {
    return keysOfGroups().subList(groups.first(), groups.end());
  }

  private List<Key> keysOfGroups() {
    List<Key> made = keysOfGroups;
    if (made == null) {
      made = LaneKeys.ofGroups(storage.layout().groups());
      keysOfGroups = made;
    }
    return made;
  }

  @Override
  public void forEachValue(String cellId, BiConsumer<Key, String> visitor) {
    List<KeyLayout.CellAddress> found =
        storage.durable() ? storedValues(cellId) : valuesInMemory(cellId);
    // By key and namespace: neither the lanes nor the key groups show in the order.
    found.sort(
        Comparator.comparing((KeyLayout.CellAddress address) -> Bytes.of(address.key().encoded()))
            .thenComparing(KeyLayout.CellAddress::namespace));
    for (KeyLayout.CellAddress address : found) {
      visitor.accept(address.key(), address.namespace());
    }
  }

  /** Forgets what is empty. Cells handed out before are not valid any more. */
  void cleanUp() {
    generation++;
    for (StateCell cell : noted) {
      cell.setNoted(false);
      if (!cell.isDirty() && cell.droppable()) {
        drop(cell);
      }
    }
    noted.clear();
    for (KeyState state : newKeys) {
      dropIfEmpty(state);
    }
    newKeys.clear();
    recent = new Recent();
  }

  /** Writes all changes to the open overlay. */
  void flush() {
    for (StateCell cell : dirty) {
      // Some have been flushed on eviction.
      if (cell.isDirty()) {
        cell.setDirty(false);
        cell.flush();
        if (!cell.isNoted() && cell.droppable()) {
          noteNew(cell);
        }
      }
    }
    dirty.clear();
  }

  /** Moves a key that was not used for long out of memory; returns false if there is none. */
  boolean evictOne() {
    KeyState state = eviction.poll();
    if (state == null) {
      return false;
    }
    keys.remove(state);
    budget.use(-KEY_BYTES);
    for (StateCell cell : state.inMemory()) {
      if (cell.isDirty()) {
        cell.setDirty(false);
        cell.flush();
      }
      cell.weigh(0);
      cell.detach();
    }
    state.detach();
    return true;
  }

  /** Lets go of cells that were written when their key was evicted. */
  void forgetEvicted() {
    dirty.removeIf(cell -> !cell.isDirty());
  }

  /** Forgets everything, changes too. */
  void reset() {
    generation++;
    keys.clear();
    readAhead.expect(null);
    eviction.clear();
    newKeys.clear();
    noted.clear();
    dirty.clear();
    recent = new Recent();
  }

  /** What reads cells that are not in memory; unused if not durable. */
  ReadAhead readAhead() {
    return readAhead;
  }

  /** How many keys are in memory. */
  int size() {
    return keys.size();
  }

  NodeStorage storage() {
    return storage;
  }

  void weigh(long bytes) {
    budget.use(bytes);
  }

  /** Has the next clean-up look at a cell: a new one, for instance. */
  void noteNew(StateCell cell) {
    cell.setNoted(true);
    noted.add(cell);
  }

  /** To be called with every change of a cell. */
  void note(StateCell cell) {
    if (!cell.isNoted()) {
      noteNew(cell);
    }
    if (storage.durable() && !cell.isDirty()) {
      cell.setDirty(true);
      dirty.add(cell);
    }
  }

  private void drop(StateCell cell) {
    cell.weigh(0);
    cell.detach();
    cell.owner().remove(cell);
    dropIfEmpty(cell.owner());
  }

  private void dropIfEmpty(KeyState state) {
    if (state.isEmpty() && keys.remove(state)) {
      state.detach();
      budget.use(-KEY_BYTES);
    }
  }

  private List<KeyLayout.CellAddress> storedValues(String cellId) {
    flush();
    KeyLayout layout = storage.layout();
    List<KeyLayout.CellAddress> found = new ArrayList<>();
    try (StateScan scan =
        storage
            .chain()
            .scan(
                layout.groupStart(StateTable.VALUE, groups.first()),
                layout.groupStart(StateTable.VALUE, groups.end()))) {
      while (scan.hasNext()) {
        KeyLayout.CellAddress address = KeyLayout.parseCell(scan.next().key());
        if (address.id().equals(cellId)) {
          found.add(address);
        }
      }
    }
    return found;
  }

  private List<KeyLayout.CellAddress> valuesInMemory(String cellId) {
    List<KeyLayout.CellAddress> found = new ArrayList<>();
    keys.forEach(
        state -> {
          for (StateCell cell : state.inMemory()) {
            if (cell instanceof ValueStateCell<?> && cell.id().equals(cellId) && !cell.isEmpty()) {
              found.add(new KeyLayout.CellAddress(state.key(), cellId, cell.namespace()));
            }
          }
        });
    return found;
  }

  /** The key that was asked for last; after a clean-up a new object, so that it is young. */
  private static final class Recent {
    private @Nullable KeyState key;
  }
}
