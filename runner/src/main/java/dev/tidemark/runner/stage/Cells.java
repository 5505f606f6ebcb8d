package dev.tidemark.runner.stage;

import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.TimestampedValue;
import org.jspecify.annotations.Nullable;

/**
 * The state cells of one node and key. A cell is addressed by a namespace (the string form of
 * Beam's {@code StateNamespace}) and an id; asking twice for one gives views of the same state. A
 * cell is always asked for with the same kind and equal coders.
 *
 * <p>Values handed out are owned by the cell: who changes one must write it back. Owned by the
 * lane.
 */
public interface Cells {

  /** A cell of any kind. */
  interface Cell {
    /** Removes everything. */
    void clear();

    /** Whether there is nothing in it. */
    boolean isEmpty();
  }

  /** One value. */
  interface ValueCell<T extends @Nullable Object> extends Cell {
    /** The value, or null if there is none (or it is null). */
    @Nullable T read();

    /** Replaces the value. */
    void write(T value);
  }

  /** Many values, in the order in which they were added. */
  interface BagCell<T extends @Nullable Object> extends Cell {
    /** Adds a value. */
    void add(T value);

    /** The values as they stand now, whatever changes later; iterable many times. */
    Iterable<T> read();
  }

  /** A map whose keys are equal when their encodings are; a set is a map to {@code Void}. */
  interface MapCell<K extends @Nullable Object, V extends @Nullable Object> extends Cell {
    /** The value of {@code key}, or null. */
    @Nullable V get(K key);

    /** Whether {@code key} has a value. */
    boolean contains(K key);

    /** Sets the value of {@code key}. */
    void put(K key, V value);

    /** Removes {@code key}. */
    void remove(K key);

    /** The entries, in a repeatable order, as they stand now. */
    Iterable<Map.Entry<K, V>> entries();
  }

  /** Many values for each of many keys, whose identity is their encoding. */
  interface MultimapCell<K extends @Nullable Object, V extends @Nullable Object> extends Cell {
    /** Adds a value for {@code key}. */
    void put(K key, V value);

    /** The values of {@code key} in the order in which they were added; empty if none. */
    Iterable<V> get(K key);

    /** Whether {@code key} has a value. */
    boolean contains(K key);

    /** Removes all values of {@code key}. */
    void remove(K key);

    /** The keys, in a repeatable order, as they stand now. */
    Iterable<K> keys();

    /** All entries, in a repeatable order, as they stand now. */
    Iterable<Map.Entry<K, V>> entries();
  }

  /** Values sorted by timestamp; equal timestamps in the order in which they were added. */
  interface OrderedListCell<T extends @Nullable Object> extends Cell {
    /** Adds a value. */
    void add(TimestampedValue<T> value);

    /** The values with a timestamp from {@code fromMillis} (inclusive) to {@code toMillis}. */
    Iterable<TimestampedValue<T>> readRange(long fromMillis, long toMillis);

    /** Removes that range. */
    void clearRange(long fromMillis, long toMillis);
  }

  /** A timestamp at which the node's output watermark is held while it is set. */
  interface HoldCell extends Cell {
    /** The hold, or null. */
    @Nullable Long read();

    /** Replaces the hold. */
    void write(long timestampMillis);
  }

  /**
   * Remembers one namespace, to spare doing twice for it what is harmless to do twice. It is no
   * state: forgotten whenever the cells leave memory, and with the next namespace.
   *
   * @return whether it is remembered already
   */
  default boolean remember(String namespace) {
    return false;
  }

  /** Forgets what {@link #remember} remembers. */
  default void forget() {}

  /** The value cell of this address. */
  <T extends @Nullable Object> ValueCell<T> value(String namespace, String id, Coder<T> coder);

  /** The bag cell of this address. */
  <T extends @Nullable Object> BagCell<T> bag(String namespace, String id, Coder<T> coder);

  /** The map cell of this address. */
  <K extends @Nullable Object, V extends @Nullable Object> MapCell<K, V> map(
      String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder);

  /** The multimap cell of this address. */
  <K extends @Nullable Object, V extends @Nullable Object> MultimapCell<K, V> multimap(
      String namespace, String id, Coder<K> keyCoder, Coder<V> valueCoder);

  /** The ordered list cell of this address. */
  <T extends @Nullable Object> OrderedListCell<T> orderedList(
      String namespace, String id, Coder<T> coder);

  /** The hold cell of this address. */
  HoldCell hold(String namespace, String id);
}
