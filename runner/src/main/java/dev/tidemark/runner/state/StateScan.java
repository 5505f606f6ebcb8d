package dev.tidemark.runner.state;

import java.util.Iterator;

/**
 * Entries in the order of their keys. To be closed, as it may hold on to resources of the store.
 *
 * <p>Owned by one thread.
 */
public interface StateScan extends Iterator<StateEntry>, AutoCloseable {
  @Override
  void close();
}
