package dev.tidemark.runner.state;

import dev.tidemark.runner.stage.Cells;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A map with a store entry for each of its own: single entries are read and written alone.
 *
 * <p>Owned by the lane.
 */
final class MapStateCell<K extends @Nullable Object, V extends @Nullable Object> extends StateCell
    implements Cells.MapCell<K, V> {

  /** What is known of one key: its value, or that it has none. */
  private static final class Slot<K extends @Nullable Object, V extends @Nullable Object> {
    final Bytes identity;
    final K key;
    @Nullable V value;
    boolean present;
    boolean dirty;

    Slot(Bytes identity, K key) {
      this.identity = identity;
      this.key = key;
    }
  }

  private final Coder<K> keyCoder;
  private final Coder<V> valueCoder;

  /** Whether {@link #slots} has every key that is stored. */
  private boolean complete;

  /** Whether what is stored has to be deleted before anything is written. */
  private boolean deleteStored;

  private Map<Bytes, Slot<K, V>> slots = new HashMap<>();
  private List<Slot<K, V>> dirtySlots = new ArrayList<>();
  private int size;
  private @Nullable List<Slot<K, V>> sorted;

  MapStateCell(
      KeyState owner, String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder) {
    super(owner, namespace, id);
    this.keyCoder = keyCoder;
    this.valueCoder = valueCoder;
    this.complete = !durable();
  }

  @Override
  public @Nullable V get(K key) {
    Slot<K, V> slot = find(key);
    return slot == null ? null : slot.value;
  }

  @Override
  public boolean contains(K key) {
    Slot<K, V> slot = find(key);
    return slot != null && slot.present;
  }

  @Override
  public void put(K key, V value) {
    Bytes identity = identity(keyCoder, key);
    Slot<K, V> slot = slots.get(identity);
    if (slot == null) {
      slot = new Slot<>(identity, key);
      slots.put(identity, slot);
    }
    show(slot, value);
    markDirty(slot);
  }

  @Override
  public void remove(K key) {
    Bytes identity = identity(keyCoder, key);
    Slot<K, V> slot = slots.get(identity);
    if (slot == null) {
      if (complete) {
        return;
      }
      slot = new Slot<>(identity, key);
      slots.put(identity, slot);
    }
    if (slot.present) {
      slot.present = false;
      slot.value = null;
      size--;
      sorted = null;
    }
    if (durable()) {
      markDirty(slot);
    } else {
      slots.remove(identity);
    }
  }

  @Override
  public void clear() {
    if (durable()) {
      deleteStored = true;
    }
    complete = true;
    slots = new HashMap<>();
    dirtySlots = new ArrayList<>();
    size = 0;
    sorted = null;
    weigh(0);
    changed();
  }

  @Override
  public boolean isEmpty() {
    if (size == 0) {
      loadAll();
    }
    return size == 0;
  }

  @Override
  public Iterable<Map.Entry<K, V>> entries() {
    loadAll();
    List<Map.Entry<K, V>> entries = new ArrayList<>(size);
    for (Slot<K, V> slot : sorted()) {
      @SuppressWarnings("NullAway") // null only where the user put null
      V value = slot.value;
      entries.add(new SimpleImmutableEntry<>(slot.key, value));
    }
    return entries;
  }

  @Override
  StateTable table() {
    return StateTable.MAP;
  }

  @Override
  void flush() {
    Bytes prefix = storeKey();
    if (deleteStored) {
      chain().deletePrefix(prefix);
      deleteStored = false;
    }
    ByteWriter out = new ByteWriter();
    for (Slot<K, V> slot : dirtySlots) {
      slot.dirty = false;
      Bytes key = prefix.concat(slot.identity);
      if (slot.present) {
        out.reset();
        encode(valueCoder, slot.value, out);
        Bytes encoded = out.toBytes();
        chain().put(key, encoded);
        weighMore(key.length() + encoded.length());
      } else {
        chain().delete(key);
        slots.remove(slot.identity);
      }
    }
    if (slots.isEmpty() && !complete) {
      weigh(0);
    }
    dirtySlots = new ArrayList<>();
  }

  @Override
  boolean droppable() {
    return size == 0;
  }

  private @Nullable Slot<K, V> find(K key) {
    Bytes identity = identity(keyCoder, key);
    Slot<K, V> slot = slots.get(identity);
    if (slot == null && !complete) {
      slot = new Slot<>(identity, key);
      Bytes stored = chain().get(storeKey().concat(identity));
      if (stored != null) {
        show(slot, decode(valueCoder, new ByteReader(stored)));
        weighMore(identity.length() + stored.length());
      }
      slots.put(identity, slot);
    }
    return slot;
  }

  private void loadAll() {
    if (complete) {
      return;
    }
    Bytes prefix = storeKey();
    try (StateScan scan = chain().scan(prefix)) {
      while (scan.hasNext()) {
        StateEntry entry = scan.next();
        ByteReader in = new ByteReader(entry.key(), prefix.length());
        Bytes identity = Bytes.of(in.readRest());
        if (!slots.containsKey(identity)) {
          K key = decodePlainly(keyCoder, new ByteReader(identity));
          Slot<K, V> slot = new Slot<>(identity, key);
          show(slot, decode(valueCoder, new ByteReader(entry.value())));
          slots.put(identity, slot);
          weighMore(identity.length() + entry.value().length());
        }
      }
    }
    complete = true;
  }

  private void show(Slot<K, V> slot, @Nullable V value) {
    slot.value = value;
    if (!slot.present) {
      slot.present = true;
      size++;
      sorted = null;
    }
  }

  private void markDirty(Slot<K, V> slot) {
    if (durable() && !slot.dirty) {
      slot.dirty = true;
      dirtySlots.add(slot);
    }
    changed();
  }

  /** The entries that are present, in the order in which a store would have them. */
  private List<Slot<K, V>> sorted() {
    List<Slot<K, V>> result = sorted;
    if (result == null) {
      result = new ArrayList<>(size);
      for (Slot<K, V> slot : slots.values()) {
        if (slot.present) {
          result.add(slot);
        }
      }
      result.sort(Comparator.comparing(slot -> slot.identity));
      sorted = result;
    }
    return result;
  }
}
