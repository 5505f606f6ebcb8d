package dev.tidemark.runner.stage.beam;

import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * When the windows of a collection take nothing more.
 *
 * <p>Immutable.
 *
 * @param windowing the windowing strategy of the collection
 */
public record Lateness(WindowingStrategy<?, ?> windowing) {

  /** The end of the window and of the lateness that it allows, in milliseconds. */
  public long expiryMillis(BoundedWindow window) {
    return LateDataUtils.garbageCollectionTime(window, windowing).getMillis();
  }

  /** Whether the window is too far behind the input watermark to take elements. */
  public boolean isExpired(BoundedWindow window, long inputWatermarkMillis) {
    return expiryMillis(window) < inputWatermarkMillis;
  }
}
