package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import dev.tidemark.runner.stage.waiting.KeptElements;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a node that wait, in the node's cells, until the side inputs of their window can
 * be read.
 *
 * <p>Owned by the lane.
 */
public final class WaitingElements {
  private final NodeContext context;
  private final List<PCollectionView<?>> views;
  private final KeptElements<BoundedWindow> byWindow;
  private @Nullable BoundedWindow lastReady;

  /**
   * For the node of {@code context}; knows what already waits in its cells.
   *
   * @param views the side inputs to wait for
   * @param windowCoder of the windows of the node's main input
   */
  public WaitingElements(
      NodeContext context,
      Collection<? extends PCollectionView<?>> views,
      Coder<? extends BoundedWindow> windowCoder) {
    this.context = context;
    this.views = List.copyOf(views);
    WindowNamespaces namespaces = new WindowNamespaces(windowCoder);
    this.byWindow = new KeptElements<>(context, "waiting", namespaces::of, namespaces::window);
  }

  /** Finds again what waits in the cells. */
  public void restore() {
    byWindow.restore();
  }

  /** The lowest timestamp of all that wait; {@link Timestamps#MAX} if none does. */
  public long earliest() {
    return byWindow.earliest();
  }

  /** Whether an element of this window and key has to wait. */
  public boolean mustWait(Key key, BoundedWindow window) {
    return !ready(window) || byWindow.contains(window, key);
  }

  /** Whether nothing waits, and nothing has to that is in this window only. */
  boolean passes(BoundedWindow window) {
    return byWindow.isEmpty() && ready(window);
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
  public void add(Key key, BoundedWindow window, WindowedValue<?> element) {
    byWindow.add(window, key, element, element.getTimestamp().getMillis());
  }

  /**
   * Gives {@code taker} the elements of all windows whose side inputs can be read by now: for each
   * key and window in the order in which they came. While it takes them, they still count as
   * waiting.
   */
  public void release(KeptElements.Taker taker) throws Exception {
    byWindow.release(byWindow.groups().stream().filter(this::ready).toList(), taker);
  }
}
