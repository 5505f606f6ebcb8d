package dev.tidemark.runner.stage.beam;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Drops elements from windows that are expired, and counts them in the metric that Beam's runners
 * have for it.
 *
 * <p>Owned by the lane.
 */
public final class LateElements {
  private final Lateness lateness;
  private final Counter dropped =
      Metrics.counter(
          LateDataDroppingDoFnRunner.class, LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS);

  private final Counter closed =
      Metrics.counter(ReduceFnRunner.class, ReduceFnRunner.DROPPED_DUE_TO_CLOSED_WINDOW);

  /** Drops what is too late by {@code lateness}. */
  public LateElements(Lateness lateness) {
    this.lateness = lateness;
  }

  /** The metric that Beam's runners count in what they drop before a stateful function. */
  public static Counter droppedByStatefulFunctions() {
    return Metrics.counter(
        StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER);
  }

  /**
   * The element in those of its windows that are not expired, as zero or one elements.
   *
   * @param watermarkMillis the input watermark to judge by
   */
  public <T> List<WindowedValue<T>> drop(WindowedValue<T> element, long watermarkMillis) {
    List<BoundedWindow> kept = new ArrayList<>(element.getWindows().size());
    for (BoundedWindow window : element.getWindows()) {
      if (lateness.isExpired(window, watermarkMillis)) {
        count();
      } else {
        kept.add(window);
      }
    }
    if (kept.size() == element.getWindows().size()) {
      return List.of(element);
    }
    return kept.isEmpty() ? List.of() : List.of(ElementMetadata.withWindows(element, kept));
  }

  /** Counts an element that was dropped because it came too late for something else. */
  public void count() {
    dropped.inc();
  }

  /** Counts an element that was dropped because the trigger of its window is finished. */
  public void countClosed() {
    closed.inc();
  }
}
