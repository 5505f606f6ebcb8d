package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.TimerRecord;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Calls a user's function that is not splittable. What the function throws comes out in Beam's
 * wrappers.
 *
 * <p>Owned by the lane.
 */
public interface FunctionRunner {
  /** Starts a bundle. */
  void startBundle();

  /**
   * Processes one element; of the current key, if the function has state or timers.
   *
   * @param value the element itself
   * @param like has timestamp, windows and pane of the element, and any value
   */
  void process(@Nullable Object value, WindowedValue<?> like);

  /**
   * Fires a timer of the node. If that is because of a drain, the function can see it from Beam
   * 2.73 on, and an event timer that sets itself again is dropped.
   */
  void onTimer(TimerRecord timer);

  /** Finishes the bundle. */
  void finishBundle();
}
