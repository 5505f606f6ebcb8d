package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.beam.UserFunction;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * The side inputs of a function, which asks with the views that it was serialized with; the host
 * knows those of the graph, which have the same tags.
 *
 * <p>Owned by the lane.
 */
final class FunctionSideInputs {
  private final SideInputs sideInputs;
  private final Map<String, PCollectionView<?>> viewsByTag;
  private final Map<String, PCollectionView<?>> viewsByName;
  private @Nullable Shown last;

  /**
   * What a view shows in a window; most elements ask for what the one before has asked for.
   *
   * @param asked the view as the function has it
   * @param known the view of the graph
   * @param version of {@code known}, before it was asked
   */
  private record Shown(
      PCollectionView<?> asked,
      PCollectionView<?> known,
      BoundedWindow window,
      long version,
      @Nullable Object value) {}

  FunctionSideInputs(UserFunction function, SideInputs sideInputs) {
    this.sideInputs = sideInputs;
    this.viewsByTag = function.views();
    this.viewsByName = function.sideInputMapping();
  }

  /** The side input that the function knows by this name, for an element in {@code window}. */
  @Nullable Object get(String name, BoundedWindow window) {
    PCollectionView<?> view = viewsByName.get(name);
    if (view == null) {
      throw new IllegalStateException("Side input tag " + name + " not found");
    }
    return get(view, window);
  }

  /**
   * What a view shows, for an element in {@code window}.
   *
   * @throws IllegalArgumentException if it is none of the function's
   */
  @SuppressWarnings("unchecked") // same tag, same type
  <T> @Nullable T get(PCollectionView<T> view, BoundedWindow window) {
    Objects.requireNonNull(view, "View passed to sideInput cannot be null");
    Shown shown = last;
    if (shown != null
        && shown.asked() == view
        && shown.window() == window
        && shown.version() == sideInputs.version(shown.known())) {
      return (T) shown.value();
    }
    PCollectionView<?> known = viewsByTag.get(view.getTagInternal().getId());
    if (known == null) {
      throw new IllegalArgumentException("calling sideInput() with unknown view");
    }
    long version = sideInputs.version(known);
    T value =
        sideInputs.get(
            (PCollectionView<T>) known, view.getWindowMappingFn().getSideInputWindow(window));
    last = new Shown(view, known, window, version, value);
    return value;
  }
}
