package dev.tidemark.runner.stage.pardo;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.joda.time.format.PeriodFormat;

/**
 * How far back in time a function may emit; with Beam's words for who goes further.
 *
 * <p>Owned by the lane.
 *
 * @param fn the function, which says so
 */
record AllowedSkew(DoFn<?, ?> fn) {

  /**
   * Checks the timestamp of an output.
   *
   * @param origin the timestamp of the element or timer that the function was called with
   * @throws IllegalArgumentException if it is too early, or after the end of time
   */
  void checkOutput(Instant origin, Instant timestamp) {
    check("Cannot output with timestamp ", origin, timestamp);
  }

  /**
   * Checks the output timestamp of a timer.
   *
   * @param origin the timestamp of the element or timer that the function was called with
   * @throws IllegalArgumentException if it is too early, or after the end of time
   */
  void checkTimer(Instant origin, Instant outputTimestamp) {
    check("Cannot output timer with output timestamp ", origin, outputTimestamp);
  }

  private void check(String failure, Instant origin, Instant timestamp) {
    if (!allows(origin, timestamp)) {
      throw new IllegalArgumentException(
          failure
              + timestamp
              + ". Output timestamps must be no earlier than the timestamp of the current input or"
              + " timer ("
              + origin
              + ") minus the allowed skew ("
              + skewText()
              + ") and no later than "
              + BoundedWindow.TIMESTAMP_MAX_VALUE
              + ". See the DoFn#getAllowedTimestampSkew() Javadoc for details on changing the"
              + " allowed skew.");
    }
  }

  private boolean allows(Instant origin, Instant timestamp) {
    return !timestamp.isBefore(lowerBound(origin))
        && !timestamp.isAfter(BoundedWindow.TIMESTAMP_MAX_VALUE);
  }

  private Instant lowerBound(Instant origin) {
    try {
      return origin.minus(skew());
    } catch (ArithmeticException e) {
      // An unlimited skew.
      return BoundedWindow.TIMESTAMP_MIN_VALUE;
    }
  }

  @SuppressWarnings("deprecation") // for users; who runs their functions has to respect it
  private Duration skew() {
    return fn.getAllowedTimestampSkew();
  }

  private Object skewText() {
    Duration skew = skew();
    return skew.getMillis() >= Integer.MAX_VALUE
        ? skew
        : PeriodFormat.getDefault().print(skew.toPeriod());
  }
}
