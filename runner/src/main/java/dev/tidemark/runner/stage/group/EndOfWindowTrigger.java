package dev.tidemark.runner.stage.group;

import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A trigger that fires when the watermark has passed the end of a window, and then at once for what
 * comes late; or that is finished once it has fired.
 *
 * <p>Immutable.
 *
 * @param once whether it fires once
 */
record EndOfWindowTrigger(boolean once) {

  /**
   * The trigger of {@code windowing}, if it is such a one and windows do not merge; null if not.
   * That depends only on what the description of a job tells of its windowing, so that a job finds
   * its state again as long as it may go on from it.
   */
  static @Nullable EndOfWindowTrigger of(WindowingStrategy<?, ?> windowing) {
    Trigger trigger = windowing.getTrigger();
    if (windowing.needsMerge()) {
      return null;
    }
    if (trigger instanceof AfterWatermark.FromEndOfWindow) {
      return new EndOfWindowTrigger(true);
    }
    return isRepeated(trigger) ? new EndOfWindowTrigger(false) : null;
  }

  /** Whether a trigger is one of those that fire again for what comes late. */
  static boolean isRepeated(Trigger trigger) {
    if (trigger instanceof DefaultTrigger) {
      return true;
    }
    if (trigger instanceof Repeatedly repeatedly) {
      return repeatedly.getRepeatedTrigger() instanceof AfterWatermark.FromEndOfWindow;
    }
    return trigger instanceof AfterWatermark.AfterWatermarkEarlyAndLate parts
        && parts.getEarlyTrigger() instanceof Never.NeverTrigger
        && parts.getLateTrigger() instanceof AfterPane late
        && late.getElementCount() == 1;
  }
}
