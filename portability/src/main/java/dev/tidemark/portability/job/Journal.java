package dev.tidemark.portability.job;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What happened, in order, for any number of readers, each at its own pace. Who comes late reads
 * from the start; the oldest entries go when all together are too heavy, and who has not read them
 * by then is told how many are missing.
 *
 * <p>Thread-safe.
 *
 * @param <T> the entries, immutable
 */
final class Journal<T> {

  /** What a reader finds. */
  sealed interface Found<T> {
    /** The next entry. */
    record Entry<T>(T value) implements Found<T> {}

    /** Entries that are not there any more; the next follows. */
    record Missed<T>(long count) implements Found<T> {}

    /** Nothing more so far; the reader is woken when there is. */
    record Nothing<T>() implements Found<T> {}

    /** Nothing will follow. */
    record End<T>() implements Found<T> {}
  }

  private record Weighed<T>(T value, long weight) {}

  private final TreeMap<Long, Weighed<T>> entries = new TreeMap<>();
  private final List<Reader> readers = new CopyOnWriteArrayList<>();
  private final long maxWeight;
  private long weight;
  private long next;
  private boolean closed;

  /** A journal that keeps entries of a weight together, and the last one however heavy it is. */
  Journal(long maxWeight) {
    this.maxWeight = maxWeight;
  }

  /** Appends, unless the journal is closed, and wakes the readers on this thread. */
  void append(T value, long weightOfValue) {
    synchronized (this) {
      if (closed) {
        return;
      }
      entries.put(next++, new Weighed<>(value, weightOfValue));
      weight += weightOfValue;
      while (weight > maxWeight && entries.size() > 1) {
        weight -= entries.pollFirstEntry().getValue().weight();
      }
    }
    readers.forEach(Reader::wake);
  }

  /** Says that nothing will follow, and wakes the readers on this thread. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    readers.forEach(Reader::wake);
  }

  /** A reader at the start. */
  Reader reader() {
    return new Reader();
  }

  private synchronized Found<T> at(long position) {
    Map.@Nullable Entry<Long, Weighed<T>> entry = entries.ceilingEntry(position);
    if (entry == null) {
      return closed ? new Found.End<>() : new Found.Nothing<>();
    }
    long missed = entry.getKey() - position;
    return missed > 0 ? new Found.Missed<>(missed) : new Found.Entry<>(entry.getValue().value());
  }

  /** A place in the journal. Not thread-safe, but for {@link #close}. */
  final class Reader implements AutoCloseable {
    private volatile Runnable alarm = () -> {};
    private long position;

    private Reader() {}

    private void wake() {
      alarm.run();
    }

    /**
     * Asks to be woken when there is more; at times it is woken also when there is not.
     *
     * @param by runs on the threads that write
     */
    void wakeBy(Runnable by) {
      alarm = by;
      readers.add(this);
    }

    /** Goes one step on. */
    Found<T> read() {
      Found<T> found = at(position);
      if (found instanceof Found.Entry<T>) {
        position++;
      } else if (found instanceof Found.Missed<T> missed) {
        position += missed.count();
      }
      return found;
    }

    /** It is not woken any more. */
    @Override
    public void close() {
      readers.remove(this);
    }
  }
}
