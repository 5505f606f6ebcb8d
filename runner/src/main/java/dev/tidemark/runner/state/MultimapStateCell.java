package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A multimap: a bag for each key, see {@link AppendLog}.
 *
 * <p>Owned by the lane.
 */
final class MultimapStateCell<K extends @Nullable Object, V extends @Nullable Object>
    extends StateCell implements Cells.MultimapCell<K, V> {

  /** The values of one key. */
  private record Group<K extends @Nullable Object, V extends @Nullable Object>(
      Bytes identity, K key, AppendLog<V> log) {}

  private final Coder<K> keyCoder;
  private final Coder<V> valueCoder;

  /** Whether {@link #groups} has every key that is stored. */
  private boolean complete;

  private boolean deleteStored;
  private Map<Bytes, Group<K, V>> groups = new HashMap<>();
  private Set<Bytes> dirtyGroups = new HashSet<>();

  MultimapStateCell(
      KeyState owner, String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
    super(owner, namespace, id);
    this.keyCoder = keyCoder;
    this.valueCoder = valueCoder;
    this.complete = !durable();
  }

  @Override
  public void put(K key, V value) {
    Group<K, V> group = group(key);
    group.log.add(value);
    markDirty(group);
  }

  @Override
  public Iterable<V> get(K key) {
    Group<K, V> group = find(key);
    return group == null ? List.of() : group.log.readLoaded();
  }

  @Override
  public boolean contains(K key) {
    Group<K, V> group = find(key);
    return group != null && !group.log.nothingInMemory();
  }

  @Override
  public void remove(K key) {
    Group<K, V> group = complete ? groups.get(identity(keyCoder, key)) : group(key);
    if (group != null) {
      group.log.clear();
      if (durable()) {
        markDirty(group);
      } else {
        groups.remove(group.identity);
        changed();
      }
    }
  }

  @Override
  public void clear() {
    deleteStored = durable();
    complete = true;
    groups = new HashMap<>();
    dirtyGroups = new HashSet<>();
    weigh(0);
    changed();
  }

  @Override
  public boolean isEmpty() {
    if (droppable()) {
      loadAll();
    }
    return droppable();
  }

  @Override
  public Iterable<K> keys() {
    List<K> keys = new ArrayList<>();
    for (Group<K, V> group : sorted()) {
      keys.add(group.key);
    }
    return keys;
  }

  @Override
  public Iterable<Map.Entry<K, V>> entries() {
    List<Map.Entry<K, V>> entries = new ArrayList<>();
    for (Group<K, V> group : sorted()) {
      for (V value : group.log.readLoaded()) {
        entries.add(new SimpleImmutableEntry<>(group.key, value));
      }
    }
    return entries;
  }

  @Override
  StateTable table() {
    return StateTable.MULTIMAP;
  }

  @Override
  void flush() {
    Bytes prefix = storeKey();
    if (deleteStored) {
      chain().deletePrefix(prefix);
      deleteStored = false;
    }
    dirtyGroups.stream()
        .sorted()
        .forEach(
            identity -> {
              Group<K, V> group = groups.get(identity);
              if (group != null) {
                group.log.flush(groupKey(prefix, identity));
                if (group.log.nothingInMemory()) {
                  groups.remove(identity);
                }
              }
            });
    dirtyGroups = new HashSet<>();
  }

  @Override
  boolean droppable() {
    for (Group<K, V> group : groups.values()) {
      if (!group.log.nothingInMemory()) {
        return false;
      }
    }
    return true;
  }

  /** The group of {@code key}, made if it is not in memory; it need not be loaded. */
  private Group<K, V> group(K key) {
    Bytes identity = identity(keyCoder, key);
    Group<K, V> group = groups.get(identity);
    if (group == null) {
      group = new Group<>(identity, key, new AppendLog<>(this, valueCoder, complete));
      groups.put(identity, group);
    }
    return group;
  }

  /** The loaded group of {@code key}, or null if it is known to have none. */
  private @Nullable Group<K, V> find(K key) {
    if (complete) {
      return groups.get(identity(keyCoder, key));
    }
    Group<K, V> group = group(key);
    if (!group.log.isLoaded()) {
      group.log.load(groupKey(storeKey(), group.identity));
    }
    return group;
  }

  private void loadAll() {
    if (complete) {
      return;
    }
    Bytes prefix = storeKey();
    Map<Bytes, List<V>> stored = new LinkedHashMap<>();
    try (StateScan scan = chain().scan(prefix)) {
      while (scan.hasNext()) {
        StateEntry entry = scan.next();
        Bytes identity = Bytes.of(new ByteReader(entry.key(), prefix.length()).readEscaped());
        Group<K, V> group = groups.get(identity);
        if (group == null) {
          K key = decodePlainly(keyCoder, new ByteReader(identity));
          group = new Group<>(identity, key, new AppendLog<>(this, valueCoder, false));
          groups.put(identity, group);
        }
        if (!group.log.isLoaded()) {
          group.log.decodeChunk(
              entry.value(), stored.computeIfAbsent(identity, unused -> new ArrayList<>()));
        }
      }
    }
    for (Group<K, V> group : groups.values()) {
      if (!group.log.isLoaded()) {
        List<V> values = stored.get(group.identity);
        group.log.finishLoading(values == null ? new ArrayList<>() : values);
      }
    }
    complete = true;
  }

  private List<Group<K, V>> sorted() {
    loadAll();
    List<Group<K, V>> result = new ArrayList<>(groups.size());
    for (Group<K, V> group : groups.values()) {
      if (!group.log.nothingInMemory()) {
        result.add(group);
      }
    }
    result.sort(Comparator.comparing(Group::identity));
    return result;
  }

  private void markDirty(Group<K, V> group) {
    if (durable()) {
      dirtyGroups.add(group.identity);
    }
    changed();
  }

  private static Bytes groupKey(Bytes prefix, Bytes identity) {
    ByteWriter out = new ByteWriter();
    out.write(prefix.array());
    out.writeEscaped(identity.array());
    return out.toBytes();
  }
}
