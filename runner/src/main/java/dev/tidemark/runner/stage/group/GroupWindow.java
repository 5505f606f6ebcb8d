package dev.tidemark.runner.stage.group;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The window that the panes of a group are in.
 *
 * <p>Owned by the lane.
 */
interface GroupWindow {
  /** The window. */
  BoundedWindow window();

  /** The namespace of the group's cells. */
  String namespace();

  /** The window's maximum timestamp, in milliseconds. */
  long end();
}
