package dev.tidemark.runner.state;

import org.jspecify.annotations.Nullable;

/** Passes all calls on to another store, for tests that change some of them. */
public abstract class ForwardingStore implements StateStore {
  private final StateStore store;

  /** Stands before {@code store}. */
  protected ForwardingStore(StateStore store) {
    this.store = store;
  }

  @Override
  public void commit(EpochCommit commit) {
    store.commit(commit);
  }

  @Override
  public @Nullable Bytes get(Bytes key) {
    return store.get(key);
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
