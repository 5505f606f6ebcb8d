package dev.tidemark.runner.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Values in the order in which they were added. Only what was added since the last flush is
 * written, as chunks with store keys that end in a {@link Sequence}; adding reads nothing.
 *
 * <p>Owned by the lane.
 */
final class AppendLog<T extends @Nullable Object> {
  /** A chunk is written when it has so many bytes. */
  private static final int CHUNK_BYTES = 32 * 1024;

  private final StateCell cell;
  private final Coder<T> coder;

  /** Whether {@link #values} begins with what is stored; otherwise it has only what is not. */
  private boolean loaded;

  /** Whether what is stored has to be deleted before the next chunk is written. */
  private boolean deleteStored;

  private List<T> values = new ArrayList<>();

  /** How many of {@link #values} are stored. */
  private int stored;

  /**
   * Makes a log.
   *
   * @param cell the cell that it belongs to
   * @param coder the coder of the values
   * @param loaded whether it is known that nothing is stored
   */
  AppendLog(StateCell cell, Coder<T> coder, boolean loaded) {
    this.cell = cell;
    this.coder = coder;
    this.loaded = loaded;
  }

  void add(T value) {
    values.add(value);
  }

  /** The values as they stand now; later changes do not show in them. */
  Iterable<T> read(Bytes prefix) {
    load(prefix);
    return new Snapshot<>(values, values.size());
  }

  /** As {@link #read}, of a log that is known to be loaded. */
  Iterable<T> readLoaded() {
    return new Snapshot<>(values, values.size());
  }

  /** Removes everything. Lists handed out before are left as they are. */
  void clear() {
    if (!loaded || stored > 0) {
      deleteStored = true;
    }
    loaded = true;
    stored = 0;
    values = new ArrayList<>();
  }

  boolean isLoaded() {
    return loaded;
  }

  /** Whether nothing is in it, as far as is known without reading. */
  boolean nothingInMemory() {
    return values.isEmpty();
  }

  /** Reads what is stored, unless that was done. */
  void load(Bytes prefix) {
    if (loaded) {
      return;
    }
    List<T> all = new ArrayList<>();
    try (StateScan scan = cell.chain().scan(prefix)) {
      while (scan.hasNext()) {
        decodeChunk(scan.next().value(), all);
      }
    }
    finishLoading(all);
  }

  /** Takes over values that somebody else read from the store. */
  void finishLoading(List<T> fromStore) {
    stored = fromStore.size();
    fromStore.addAll(values);
    values = fromStore;
    loaded = true;
  }

  void decodeChunk(Bytes chunk, List<T> target) {
    ByteReader in = new ByteReader(chunk);
    while (in.available() > 0) {
      @SuppressWarnings("NullAway") // null only where the user added null
      T value = cell.decode(coder, in);
      target.add(value);
    }
    cell.weighMore(chunk.length());
  }

  /** Writes what changed; the store keys begin with {@code prefix}. */
  void flush(Bytes prefix) {
    if (deleteStored) {
      cell.chain().deletePrefix(prefix);
      deleteStored = false;
    }
    ByteWriter chunk = new ByteWriter();
    for (int i = stored; i < values.size(); i++) {
      cell.encode(coder, values.get(i), chunk);
      if (chunk.size() >= CHUNK_BYTES || i == values.size() - 1) {
        ByteWriter key = new ByteWriter();
        key.write(prefix.array());
        cell.storage().nextSequence().write(key);
        cell.chain().put(key.toBytes(), chunk.toBytes());
        cell.weighMore(chunk.size());
        chunk.reset();
      }
    }
    if (loaded) {
      stored = values.size();
    } else {
      values = new ArrayList<>();
    }
  }

  /** The first so many values of a list that only ever grows. */
  private record Snapshot<T extends @Nullable Object>(List<T> values, int size)
      implements Iterable<T> {
    @Override
    public Iterator<T> iterator() {
      // A sub-list would fail once the list has grown.
      return size == 0
          ? Collections.emptyIterator()
          : new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
              return next < size;
            }

            @Override
            public T next() {
              if (next >= size) {
                throw new NoSuchElementException();
              }
              return values.get(next++);
            }
          };
    }

    @Override
    public String toString() {
      return values.subList(0, size).toString();
    }
  }
}
