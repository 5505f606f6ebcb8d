package dev.tidemark.runner.stage.group;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;

/**
 * The timestamp of what comes out of a group, from the timestamps of what went in: Beam's {@link
 * TimestampCombiner} on milliseconds.
 *
 * <p>Immutable.
 *
 * @param combiner the combiner of the windowing strategy
 */
public record OutputTime(TimestampCombiner combiner) {

  /**
   * The timestamp for a group of one element.
   *
   * @param windowEndMillis the window's maximum timestamp; an element beyond it counts as being at
   *     the end, so that what comes out lies in its window
   */
  public long assign(BoundedWindow window, long windowEndMillis, long timestampMillis) {
    long assigned =
        switch (combiner) {
          case EARLIEST, LATEST -> timestampMillis;
          case END_OF_WINDOW -> windowEndMillis;
          default -> combiner.assign(window, Instant.ofEpochMilli(timestampMillis)).getMillis();
        };
    return Math.min(assigned, windowEndMillis);
  }

  /** Whether it is the same for all groups of one window. */
  public boolean dependsOnlyOnWindow() {
    return combiner == TimestampCombiner.END_OF_WINDOW;
  }

  /** The timestamp for two groups of one window, from theirs. */
  public long combine(long a, long b) {
    return switch (combiner) {
      case EARLIEST -> Math.min(a, b);
      case LATEST -> Math.max(a, b);
      case END_OF_WINDOW -> a;
      default -> combiner.combine(Instant.ofEpochMilli(a), Instant.ofEpochMilli(b)).getMillis();
    };
  }

  /** The timestamp for two groups of windows that are merged into {@code window}. */
  public long merge(BoundedWindow window, long a, long b) {
    long end = window.maxTimestamp().getMillis();
    long merged =
        switch (combiner) {
          case EARLIEST -> Math.min(a, b);
          case LATEST -> Math.max(a, b);
          case END_OF_WINDOW -> end;
          default ->
              combiner.merge(window, Instant.ofEpochMilli(a), Instant.ofEpochMilli(b)).getMillis();
        };
    return Math.min(merged, end);
  }
}
