package dev.tidemark.runner.stage;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Where a materializing node puts the panes of its side input.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface SideInputPublisher {
  /** Replaces what {@code window} shows by {@code contents}, which it will release. */
  void publish(BoundedWindow window, SideInputContents contents);
}
