package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Cells.BagCell;
import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.UserFunction;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a node that wait until the side inputs of their window can be read. They are kept
 * in the node's cells, by key and window; what is kept in memory is only which keys and windows
 * have some, and since when.
 *
 * <p>Owned by the lane.
 */
final class WaitingElements {
  private static final String EARLIEST_CELL = "waitingSince";
  private static final String ELEMENTS_CELL = "waiting";

  /** Takes the elements that need not wait any more. */
  @FunctionalInterface
  interface Taker {
    /** Takes one element; {@code key} may not know its decoded form. */
    void take(Key key, WindowedValue<?> element) throws Exception;
  }

  private final NodeContext context;
  private final List<PCollectionView<?>> views;
  private final WindowNamespaces namespaces;
  private final Coder<WindowedValue<Object>> elementCoder;
  private final Map<BoundedWindow, Map<Key, Long>> earliestByWindow = new LinkedHashMap<>();
  private long earliest = Timestamps.MAX;
  private @Nullable BoundedWindow lastReady;

  /** For the node of {@code context}; knows what already waits in its cells. */
  WaitingElements(NodeContext context, UserFunction function) {
    this.context = context;
    this.views = List.copyOf(function.views().values());
    Coder<? extends BoundedWindow> windowCoder = function.windowing().getWindowFn().windowCoder();
    this.namespaces = new WindowNamespaces(windowCoder);
    this.elementCoder = StoredElementCoder.ofInput(context);
    restore();
  }

  /** Finds again what waits in the cells. */
  void restore() {
    earliestByWindow.clear();
    earliest = Timestamps.MAX;
    context.cells().forEachValue(EARLIEST_CELL, this::remember);
  }

  private void remember(Key key, String namespace) {
    Long since = earliestCell(key, namespace).read();
    if (since != null) {
      note(key, namespaces.window(namespace), since);
    }
  }

  /** The lowest timestamp of all that wait; {@link Timestamps#MAX} if none does. */
  long earliest() {
    return earliest;
  }

  /** Whether an element of this window and key has to wait. */
  boolean mustWait(Key key, BoundedWindow window) {
    if (!ready(window)) {
      return true;
    }
    Map<Key, Long> waiting = earliestByWindow.get(window);
    return waiting != null && waiting.containsKey(key);
  }

  private boolean ready(BoundedWindow window) {
    if (window.equals(lastReady)) {
      return true;
    }
    for (PCollectionView<?> view : views) {
      BoundedWindow sideInputWindow = view.getWindowMappingFn().getSideInputWindow(window);
      if (!context.sideInputs().isReady(view, sideInputWindow)) {
        return false;
      }
    }
    lastReady = window;
    return true;
  }

  /** Puts an element aside. It has exactly the one window. */
  @SuppressWarnings("unchecked") // the element is of the input's type
  void add(Key key, BoundedWindow window, WindowedValue<?> element) {
    String namespace = namespaces.of(window);
    elementsCell(key, namespace).add((WindowedValue<Object>) element);
    long timestamp = element.getTimestamp().getMillis();
    ValueCell<Long> since = earliestCell(key, namespace);
    Long before = since.read();
    if (before == null || timestamp < before) {
      since.write(timestamp);
    }
    note(key, window, timestamp);
  }

  private void note(Key key, BoundedWindow window, long timestamp) {
    earliestByWindow
        .computeIfAbsent(window, any -> new LinkedHashMap<>())
        .merge(key, timestamp, Math::min);
    earliest = Math.min(earliest, timestamp);
  }

  /**
   * Gives {@code taker} the elements of all windows whose side inputs can be read by now: for each
   * key and window in the order in which they came. While it takes them, they still count as
   * waiting.
   */
  void release(Taker taker) throws Exception {
    if (earliestByWindow.isEmpty()) {
      return;
    }
    for (BoundedWindow window : new ArrayList<>(earliestByWindow.keySet())) {
      if (ready(window)) {
        String namespace = namespaces.of(window);
        for (Key key : earliestByWindow.getOrDefault(window, Map.of()).keySet()) {
          for (WindowedValue<Object> element : elementsCell(key, namespace).read()) {
            taker.take(key, element);
          }
          elementsCell(key, namespace).clear();
          earliestCell(key, namespace).clear();
        }
        earliestByWindow.remove(window);
      }
    }
    earliest =
        earliestByWindow.values().stream()
            .flatMap(byKey -> byKey.values().stream())
            .mapToLong(Long::longValue)
            .min()
            .orElse(Timestamps.MAX);
  }

  private BagCell<WindowedValue<Object>> elementsCell(Key key, String namespace) {
    return cells(key).bag(namespace, ELEMENTS_CELL, elementCoder);
  }

  private ValueCell<Long> earliestCell(Key key, String namespace) {
    return cells(key).value(namespace, EARLIEST_CELL, BigEndianLongCoder.of());
  }

  private Cells cells(Key key) {
    return context.cells().forKey(key);
  }
}
