package dev.tidemark.runner.stage;

import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Where a materializing node puts the panes of its side input.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface SideInputPublisher {
  /** Replaces what {@code window} shows by {@code elements}, which nobody may change any more. */
  void publish(BoundedWindow window, List<?> elements);
}
