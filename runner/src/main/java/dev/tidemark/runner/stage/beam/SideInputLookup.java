package dev.tidemark.runner.stage.beam;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * How a user's function reads a side input that is ready.
 *
 * <p>Called on the thread that runs the function.
 */
@FunctionalInterface
public interface SideInputLookup {
  /**
   * The value of a view.
   *
   * @param view as the user's function has it; the same tag as the view of the graph
   * @param sideInputWindow the window of the side input
   */
  @Nullable Object get(PCollectionView<?> view, BoundedWindow sideInputWindow);
}
