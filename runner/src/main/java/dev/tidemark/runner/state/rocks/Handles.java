package dev.tidemark.runner.state.rocks;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;

/**
 * Native objects to be released together, those that were made last first.
 *
 * <p>Owned by one thread at a time.
 */
final class Handles implements AutoCloseable {
  private final Deque<AbstractNativeReference> handles = new ArrayDeque<>();

  <T extends AbstractNativeReference> T add(T handle) {
    handles.push(handle);
    return handle;
  }

  @Override
  public void close() {
    while (!handles.isEmpty()) {
      handles.pop().close();
    }
  }
}
