package dev.tidemark.runner.source;

import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What elements of a source have beside their value: a timestamp, in the global window, without a
 * pane. Neighbours with the same timestamp share one object, see {@link
 * dev.tidemark.runner.stage.OutputPort#accept(Object, WindowedValue)}.
 *
 * <p>Owned by the lane.
 */
final class Positions {
  private static final Object NO_VALUE = new Object();

  private @Nullable WindowedValue<?> last;

  /** An element with this timestamp; its value means nothing. */
  WindowedValue<?> at(Instant timestamp) {
    WindowedValue<?> known = last;
    if (known == null || !known.getTimestamp().equals(timestamp)) {
      known = WindowedValues.timestampedValueInGlobalWindow(NO_VALUE, timestamp);
      last = known;
    }
    return known;
  }
}
