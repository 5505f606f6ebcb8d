package dev.tidemark.runner.state.rocks;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateScan;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Walks over a range of a database as it was when the scan began.
 *
 * <p>Owned by one thread; closed by that or by the store, whichever comes first.
 */
final class RocksScan implements StateScan {
  private final Gate gate;
  private final Failures failures;
  private final Consumer<RocksScan> closed;
  private final Handles handles = new Handles();
  private final RocksIterator iterator;
  private @Nullable StateEntry next;

  /**
   * Begins a scan, inside the gate.
   *
   * @param from the first key
   * @param end the key before which it ends, or null for none
   * @param closed told when the scan is closed
   */
  RocksScan(
      Database database,
      Bytes from,
      @Nullable Bytes end,
      Gate gate,
      Failures failures,
      Consumer<RocksScan> closed) {
    this.gate = gate;
    this.failures = failures;
    this.closed = closed;
    ReadOptions options = handles.add(new ReadOptions());
    if (end != null) {
      options.setIterateUpperBound(handles.add(new Slice(end.array())));
    }
    iterator = handles.add(database.db().newIterator(database.entries(), options));
    iterator.seek(from.array());
    try {
      next = current();
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public StateEntry next() {
    StateEntry result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    Lock inside = gate.enter();
    try {
      iterator.next();
      next = current();
    } finally {
      inside.unlock();
    }
    return result;
  }

  private @Nullable StateEntry current() {
    if (iterator.isValid()) {
      return new StateEntry(Bytes.of(iterator.key()), Bytes.of(iterator.value()));
    }
    try {
      iterator.status();
      return null;
    } catch (RocksDBException e) {
      throw gate.fail(failures.reading(e));
    }
  }

  @Override
  public void close() {
    closed.accept(this);
  }

  /** Frees what is native; by the store only, once. */
  void release() {
    next = null;
    handles.close();
  }
}
