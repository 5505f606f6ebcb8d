package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.beam.SideInputLookup;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Lets elements through whose side inputs can be read and keeps the others, in the node's state,
 * until they can.
 *
 * <p>Owned by the lane.
 */
final class SideInputGate {
  /** Takes the elements that come through. */
  @FunctionalInterface
  interface Passed {
    void accept(WindowedValue<Object> element) throws Exception;
  }

  private final NodeContext context;
  private final boolean explode;
  private final Map<String, PCollectionView<?>> views;
  private final ItemCells<WindowedValue<Object>> waiting;

  /**
   * Makes a gate for the node of {@code context}.
   *
   * @param observesWindow whether each window of an element is to come through apart; with side
   *     inputs it does in any case
   */
  SideInputGate(NodeContext context, boolean observesWindow) {
    this.context = context;
    this.views = context.components().views(context.node());
    this.explode = observesWindow || !views.isEmpty();
    this.waiting = new ItemCells<>(context.cells(), "waiting", StoredElementCoder.ofInput(context));
  }

  /** Finds again what waits in the state. */
  void restore() {
    waiting.restore();
  }

  /** Whether the node has side inputs at all. */
  boolean hasSideInputs() {
    return !views.isEmpty();
  }

  /** Takes an element. */
  @SuppressWarnings("unchecked") // elements are opaque here
  void admit(WindowedValue<?> element, Passed passed) throws Exception {
    WindowedValue<Object> whole = (WindowedValue<Object>) element;
    if (!explode) {
      passed.accept(whole);
      return;
    }
    for (WindowedValue<Object> single : ElementMetadata.explodeWindows(whole)) {
      if (ready(SplittableFunction.onlyWindow(single))) {
        passed.accept(single);
      } else {
        waiting.add(single);
      }
    }
  }

  /** Looks again at the elements that wait, in the order in which they came. */
  void retry(Passed passed) throws Exception {
    if (waiting.isEmpty()) {
      return;
    }
    Map<BoundedWindow, Boolean> known = new HashMap<>();
    for (Map.Entry<Key, WindowedValue<Object>> entry : waiting.snapshot()) {
      if (known.computeIfAbsent(SplittableFunction.onlyWindow(entry.getValue()), this::ready)) {
        waiting.remove(entry.getKey());
        passed.accept(entry.getValue());
      }
    }
  }

  private boolean ready(BoundedWindow window) {
    for (PCollectionView<?> view : views.values()) {
      if (!context
          .sideInputs()
          .isReady(view, view.getWindowMappingFn().getSideInputWindow(window))) {
        return false;
      }
    }
    return true;
  }

  /** The lowest timestamp of the elements that wait. */
  long hold() {
    long lowest = Timestamps.MAX;
    for (WindowedValue<Object> element : waiting.values()) {
      lowest = Math.min(lowest, element.getTimestamp().getMillis());
    }
    return lowest;
  }

  /** Reads side inputs as they are; on the lane's thread. */
  @Nullable Object lookup(PCollectionView<?> view, BoundedWindow sideInputWindow) {
    return context.sideInputs().get(known(view), sideInputWindow);
  }

  /** Reads the side inputs of one element as they are now, from any thread. */
  SideInputLookup snapshot(WindowedValue<Object> element) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (PCollectionView<?> view : views.values()) {
      BoundedWindow window =
          view.getWindowMappingFn().getSideInputWindow(SplittableFunction.onlyWindow(element));
      values.put(view.getTagInternal().getId(), context.sideInputs().get(view, window));
    }
    return (view, window) -> values.get(known(view).getTagInternal().getId());
  }

  private PCollectionView<?> known(PCollectionView<?> view) {
    PCollectionView<?> known = views.get(view.getTagInternal().getId());
    if (known == null) {
      throw new IllegalArgumentException(
          context.node().fullName() + " reads a view that is no side input of it: " + view);
    }
    return known;
  }
}
