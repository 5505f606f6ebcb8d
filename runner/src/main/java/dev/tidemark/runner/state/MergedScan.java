package dev.tidemark.runner.state;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Walks several overlays and a store at once, in the order of the keys; what is newer hides what is
 * older.
 *
 * <p>Owned by the lane.
 */
final class MergedScan implements StateScan {
  private final List<Layer> newestFirst = new ArrayList<>();
  private final StateScan store;
  private @Nullable StateEntry next;

  /**
   * Starts a scan.
   *
   * @param overlays newest first
   * @param from the first key; if {@code to} is null, also what all keys begin with
   * @param to the key after the last, or null
   * @param store the same part of the store
   */
  MergedScan(Iterable<EpochOverlay> overlays, Bytes from, @Nullable Bytes to, StateScan store) {
    this.store = store;
    for (EpochOverlay changed : overlays) {
      Iterator<Bytes> keys = changed.keysFrom(from);
      newestFirst.add(
          new Layer(changed) {
            @Override
            void advance() {
              head = null;
              if (keys.hasNext()) {
                Bytes key = keys.next();
                if (to == null ? key.startsWith(from) : key.compareTo(to) < 0) {
                  head = key;
                  value = changed.value(key);
                }
              }
            }
          });
    }
    newestFirst.add(
        new Layer(null) {
          @Override
          void advance() {
            head = null;
            if (store.hasNext()) {
              StateEntry entry = store.next();
              head = entry.key();
              value = entry.value();
            }
          }
        });
    newestFirst.forEach(Layer::advance);
    findNext();
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
    findNext();
    return result;
  }

  @Override
  public void close() {
    store.close();
  }

  private void findNext() {
    next = null;
    while (next == null) {
      Bytes key = smallestHead();
      if (key == null) {
        return;
      }
      boolean decided = false;
      for (Layer layer : newestFirst) {
        if (key.equals(layer.head)) {
          if (!decided && layer.value != null) {
            next = new StateEntry(key, layer.value);
          }
          decided = true;
          layer.advance();
        } else {
          decided |= layer.overlay != null && layer.overlay.covers(key);
        }
      }
    }
  }

  private @Nullable Bytes smallestHead() {
    Bytes smallest = null;
    for (Layer layer : newestFirst) {
      if (layer.head != null && (smallest == null || layer.head.compareTo(smallest) < 0)) {
        smallest = layer.head;
      }
    }
    return smallest;
  }

  /** One overlay, or the store. */
  private abstract static class Layer {
    final @Nullable EpochOverlay overlay;
    @Nullable Bytes head;
    @Nullable Bytes value;

    Layer(@Nullable EpochOverlay overlay) {
      this.overlay = overlay;
    }

    abstract void advance();
  }
}
