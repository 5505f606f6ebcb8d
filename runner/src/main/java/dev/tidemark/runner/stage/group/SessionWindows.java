package dev.tidemark.runner.stage.group;

import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.values.WindowingStrategy;

/** Windows of which it is known that they merge exactly where they overlap. */
public final class SessionWindows {
  private SessionWindows() {}

  /** Whether those of a collection do, which are then intervals: of Beam's own function only. */
  public static boolean areIn(WindowingStrategy<?, ?> windowing) {
    return windowing.needsMerge() && windowing.getWindowFn().getClass() == Sessions.class;
  }
}
