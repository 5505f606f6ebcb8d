package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.stage.beam.ElementMetadata;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * What many elements of a page have in common.
 *
 * <p>Immutable.
 *
 * @param windows the windows that the element is in, at least one
 * @param pane the pane that it came with
 * @param metadata what else it carries
 */
public record Frame(List<BoundedWindow> windows, PaneInfo pane, ElementMetadata metadata) {
  public Frame {
    windows = List.copyOf(windows);
  }
}
