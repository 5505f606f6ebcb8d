package dev.tidemark.benchmarks.durability;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another store, whose commits are timed.
 *
 * <p>Thread-safe, as that store is.
 */
final class TimedStore implements StateStore {
  private final StateStore store;
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());

  TimedStore(StateStore store) {
    this.store = store;
  }

  /** How long each commit took, in nanoseconds, in their order. */
  List<Long> commitNanos() {
    synchronized (nanos) {
      return List.copyOf(nanos);
    }
  }

  @Override
  public void commit(EpochCommit commit) {
    long start = System.nanoTime();
    store.commit(commit);
    nanos.add(System.nanoTime() - start);
  }

  @Override
  public @Nullable Bytes get(Bytes key) {
    return store.get(key);
  }

  @Override
  public List<@Nullable Bytes> getAll(List<Bytes> keys) {
    return store.getAll(keys);
  }

  @Override
  public StateScan scan(Bytes prefix) {
    return store.scan(prefix);
  }

  @Override
  public StateScan scan(Bytes from, Bytes to) {
    return store.scan(from, to);
  }

  @Override
  public Manifest manifest() {
    return store.manifest();
  }

  @Override
  public void close() {
    store.close();
  }
}
