package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.LateElements;
import dev.tidemark.runner.stage.beam.Lateness;
import dev.tidemark.runner.stage.waiting.KeptElements;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Keeps the elements of a function that wants them sorted by time until none comes before them any
 * more: until the input watermark has passed them by the allowed lateness. What comes later than
 * that is dropped.
 *
 * <p>Owned by the lane.
 */
final class SortedElements {
  private final KeptElements<Long> byTime;
  private final long latenessMillis;
  private final LateElements late;

  SortedElements(NodeContext context) {
    WindowingStrategy<?, ?> windowing =
        context.components().windowing(context.node().inputs().get(0));
    this.byTime = new KeptElements<>(context, "sorted", time -> Long.toString(time), Long::valueOf);
    this.latenessMillis =
        Math.min(windowing.getAllowedLateness().getMillis(), Timestamps.MAX - Timestamps.MIN);
    this.late = new LateElements(new Lateness(windowing));
  }

  /** Finds again what is in the state. */
  void restore() {
    byTime.restore();
  }

  /** Keeps an element, or drops it if it has missed its turn when the watermark is this far. */
  void add(Key key, WindowedValue<?> element, long watermarkMillis) {
    long time = element.getTimestamp().getMillis();
    if (turn(time) < watermarkMillis) {
      late.count();
    } else {
      byTime.add(time, key, element, time);
    }
  }

  /** Where the watermark is when it is the turn of an element of a time. */
  private long turn(long time) {
    return Math.min(Timestamps.MAX, time + latenessMillis);
  }

  /** The lowest timestamp of all. */
  long earliest() {
    return byTime.earliest();
  }

  /** How far the watermark may go before something is released. */
  long inputHold() {
    return turn(byTime.earliest());
  }

  /** Gives {@code taker} everything whose turn it is, the earliest first. */
  void release(long watermarkMillis, KeptElements.Taker taker) throws Exception {
    if (turn(byTime.earliest()) <= watermarkMillis) {
      byTime.release(
          byTime.groups().stream().filter(time -> turn(time) <= watermarkMillis).sorted().toList(),
          taker);
    }
  }
}
