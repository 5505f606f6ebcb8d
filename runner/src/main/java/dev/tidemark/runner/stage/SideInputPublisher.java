package dev.tidemark.runner.stage;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Where a materializing node puts the panes of its side input.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface SideInputPublisher {
  /**
   * Has {@code window} show {@code contents}, a further pane, in place of what it showed or after
   * it; they will be released.
   */
  void publish(BoundedWindow window, SideInputContents contents);

  /** Whether panes of a window add up, rather than that each replaces the one before it. */
  default boolean addsPanes() {
    return false;
  }

  /** Windows that end before this time, in milliseconds, are not asked for any more. */
  default long expiredBefore() {
    return Timestamps.MIN;
  }
}
