package dev.tidemark.runner.stage;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * What a node sees of its side inputs, in one lane.
 *
 * <p>Owned by the lane.
 */
public interface SideInputs {

  /**
   * Whether the view can be read for a <em>side input</em> window: a pane of it was committed, or
   * the watermark of the collection has passed the point where one would have been. Where each pane
   * is a part, only the watermark counts.
   */
  boolean isReady(PCollectionView<?> view, BoundedWindow sideInputWindow);

  /**
   * The value of the view for a side input window that is ready. Built once per version of the
   * window's contents and shared.
   */
  <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow);

  /**
   * A number that grows whenever a window of the view that was read before shows something else: as
   * long as it stays the same, so does all that was read.
   */
  long version(PCollectionView<?> view);
}
