package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * How elements are windowed.
 *
 * @param shape which windows
 * @param trigger when panes are fired
 * @param accumulating whether a pane holds all of its window, or only what is new
 * @param allowedLatenessMillis how long after its end a window stays open
 * @param outputTime the timestamp of a pane
 * @param alwaysFireOnClose whether a window's last pane is fired even if empty
 */
record Windowing(
    Shape shape,
    TriggerSpec trigger,
    boolean accumulating,
    long allowedLatenessMillis,
    OutputTime outputTime,
    boolean alwaysFireOnClose) {

  /** Timestamp combiners. */
  enum OutputTime {
    EARLIEST,
    LATEST,
    END_OF_WINDOW
  }

  /** A span of time, {@code [startMillis, endMillis)}. */
  record Span(long startMillis, long endMillis) {
    /** The one global window. */
    static final Span GLOBAL = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    boolean contains(Span other) {
      return startMillis <= other.startMillis && other.endMillis <= endMillis;
    }

    boolean intersects(Span other) {
      return startMillis < other.endMillis && other.startMillis < endMillis;
    }

    Span unite(Span other) {
      return new Span(
          Math.min(startMillis, other.startMillis), Math.max(endMillis, other.endMillis));
    }

    /** Whether the window is closed for good; the global one is at the end of time. */
    boolean expired(long watermarkMillis, long allowedLatenessMillis) {
      return this.equals(GLOBAL)
          ? watermarkMillis == Long.MAX_VALUE
          : endMillis - 1 + allowedLatenessMillis < watermarkMillis;
    }
  }

  /** A kind of window. */
  sealed interface Shape {
    /** The windows of an element, before any merging. */
    List<Span> assign(long timeMillis);
  }

  /** Windows of one size, side by side. */
  record Fixed(long sizeMillis, long offsetMillis) implements Shape {
    @Override
    public List<Span> assign(long timeMillis) {
      long start = timeMillis - Math.floorMod(timeMillis - offsetMillis, sizeMillis);
      return List.of(new Span(start, start + sizeMillis));
    }
  }

  /** Windows of one size that begin every period. */
  record Sliding(long sizeMillis, long periodMillis) implements Shape {
    @Override
    public List<Span> assign(long timeMillis) {
      List<Span> spans = new ArrayList<>();
      long last = timeMillis - Math.floorMod(timeMillis, periodMillis);
      for (long start = last; start > timeMillis - sizeMillis; start -= periodMillis) {
        spans.add(new Span(start, start + sizeMillis));
      }
      return spans;
    }
  }

  /** Windows that grow as long as elements are close to each other. */
  record Sessions(long gapMillis) implements Shape {
    @Override
    public List<Span> assign(long timeMillis) {
      return List.of(new Span(timeMillis, timeMillis + gapMillis));
    }
  }

  /** One window for all. */
  record Global() implements Shape {
    @Override
    public List<Span> assign(long timeMillis) {
      return List.of(Span.GLOBAL);
    }
  }

  boolean sessions() {
    return shape instanceof Sessions;
  }
}
