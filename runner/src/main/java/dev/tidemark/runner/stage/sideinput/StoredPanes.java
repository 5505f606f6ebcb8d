package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.Cells.BagCell;
import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * What a side input shows, window by window, in the cells of the node that publishes it.
 *
 * <p>Owned by the lane.
 */
final class StoredPanes {
  private static final String ELEMENTS_CELL = "shown";
  private static final String WINDOW_CELL = "shownWindow";

  private final KeyedCells cells;
  private final WindowNamespaces namespaces;
  private final Coder<@Nullable Object> coder;
  private final Map<BoundedWindow, Key> windows = new LinkedHashMap<>();

  /** Knows what is in the cells; {@code coders} are those of the elements. */
  @SuppressWarnings("unchecked") // elements are opaque here
  StoredPanes(KeyedCells cells, EdgeCoders coders) {
    this.cells = cells;
    this.namespaces = new WindowNamespaces(coders.windowCoder());
    this.coder = (Coder<@Nullable Object>) coders.elementCoder();
    restore();
  }

  /** Finds again what is in the cells. */
  void restore() {
    windows.clear();
    cells.forEachValue(
        WINDOW_CELL, (key, namespace) -> windows.put(namespaces.window(namespace), key));
  }

  /** Calls {@code taker} with each window and what it shows. */
  void forEach(BiConsumer<BoundedWindow, Iterable<@Nullable Object>> taker) {
    windows.forEach((window, key) -> taker.accept(window, elements(key, window).read()));
  }

  /**
   * Keeps a pane.
   *
   * @param key of the group that the pane is of: it stays in the lane that owns it
   * @param adds whether the window goes on showing what it showed
   */
  void put(Key key, BoundedWindow window, Iterable<?> pane, boolean adds) {
    BagCell<@Nullable Object> elements = elements(key, window);
    if (!adds) {
      elements.clear();
    }
    pane.forEach(elements::add);
    if (windows.put(window, key) == null) {
      marker(key, window).write(1);
    }
  }

  /** Forgets windows that end before {@code millis}. */
  void expire(long millis) {
    Iterator<Map.Entry<BoundedWindow, Key>> all = windows.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<BoundedWindow, Key> each = all.next();
      if (each.getKey().maxTimestamp().getMillis() < millis) {
        elements(each.getValue(), each.getKey()).clear();
        marker(each.getValue(), each.getKey()).clear();
        all.remove();
      }
    }
  }

  private BagCell<@Nullable Object> elements(Key key, BoundedWindow window) {
    return cells.forKey(key).bag(namespaces.of(window), ELEMENTS_CELL, coder);
  }

  private ValueCell<Integer> marker(Key key, BoundedWindow window) {
    return cells.forKey(key).value(namespaces.of(window), WINDOW_CELL, VarIntCoder.of());
  }
}
