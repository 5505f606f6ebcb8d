package dev.tidemark.runner.stage.group;

import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;

/** Which windowing can be left until all input is there, and what then comes out. */
public final class BatchWindows {
  /** The only pane of a window whose input is all there before it fires. */
  public static final PaneInfo ONLY_PANE =
      PaneInfo.createPane(true, true, PaneInfo.Timing.ON_TIME, 0, 0);

  private BatchWindows() {}

  /**
   * Whether the trigger fires exactly once for each key and window when the watermark jumps from
   * the beginning to the end of time: those that wait for the end of the window, and the one that
   * waits until the window expires. Merging windows are fine; lateness does not arise.
   */
  public static boolean supports(WindowingStrategy<?, ?> windowing) {
    Trigger trigger = windowing.getTrigger();
    return trigger instanceof DefaultTrigger
        || trigger instanceof Never.NeverTrigger
        || trigger instanceof AfterWatermark.FromEndOfWindow;
  }
}
