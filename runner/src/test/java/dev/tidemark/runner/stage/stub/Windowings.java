package dev.tidemark.runner.stage.stub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Ways to assign windows, one of each kind. */
public enum Windowings {
  GLOBAL(new GlobalWindows()),
  FIXED(FixedWindows.of(Duration.millis(10))),
  SLIDING(SlidingWindows.of(Duration.millis(20)).every(Duration.millis(7))),
  SESSIONS(Sessions.withGapDuration(Duration.millis(5))),
  MERGING_PAIRS(new OverlappingPairs());

  private final WindowFn<Object, ?> windowFn;

  @SuppressWarnings("unchecked") // Sessions and the others take any element
  Windowings(WindowFn<?, ?> windowFn) {
    this.windowFn = (WindowFn<Object, ?>) windowFn;
  }

  /** The window function. */
  public WindowFn<Object, ?> windowFn() {
    return windowFn;
  }

  /** An element in the windows that it gets for its timestamp. */
  public <T> WindowedValue<T> assign(T value, long timestampMillis) {
    try {
      return WindowedValues.of(
          value,
          Instant.ofEpochMilli(timestampMillis),
          windows(windowFn, timestampMillis),
          PaneInfo.NO_FIRING);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static <W extends BoundedWindow> Collection<W> windows(
      WindowFn<Object, W> windowFn, long timestampMillis) throws Exception {
    return windowFn.assignWindows(
        windowFn.new AssignContext() {
          @Override
          public Object element() {
            throw new UnsupportedOperationException();
          }

          @Override
          public Instant timestamp() {
            return Instant.ofEpochMilli(timestampMillis);
          }

          @Override
          public BoundedWindow window() {
            throw new UnsupportedOperationException();
          }
        });
  }

  /** Two windows for an element, which merge with those that begin in the same ten milliseconds. */
  private static final class OverlappingPairs extends WindowFn<Object, IntervalWindow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext c) {
      long start = c.timestamp().getMillis();
      return List.of(window(start, start + 3), window(start + 20, start + 26));
    }

    @Override
    public void mergeWindows(MergeContext c) throws Exception {
      List<List<IntervalWindow>> sets = new ArrayList<>();
      for (IntervalWindow window : c.windows()) {
        List<IntervalWindow> set = null;
        for (List<IntervalWindow> candidate : sets) {
          if (decade(candidate.get(0)) == decade(window)) {
            set = candidate;
          }
        }
        if (set == null) {
          set = new ArrayList<>();
          sets.add(set);
        }
        set.add(window);
      }
      for (List<IntervalWindow> set : sets) {
        if (set.size() > 1) {
          long start = decade(set.get(0)) * 10;
          c.merge(set, window(start, start + 17));
        }
      }
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return Objects.equals(getClass(), other.getClass());
    }

    @Override
    public Coder<IntervalWindow> windowCoder() {
      return IntervalWindow.getCoder();
    }

    @Override
    public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
      throw new UnsupportedOperationException();
    }

    private static long decade(IntervalWindow window) {
      return Math.floorDiv(window.start().getMillis(), 10);
    }

    private static IntervalWindow window(long start, long end) {
      return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
    }
  }
}
