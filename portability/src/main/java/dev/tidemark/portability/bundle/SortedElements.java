package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.waiting.KeptElements;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Keeps the elements of a function that wants them sorted by time until the input watermark has
 * come to them. Late ones come when they come.
 *
 * <p>Owned by the lane.
 */
final class SortedElements {
  private final KeptElements<Long> byTime;

  SortedElements(NodeContext context) {
    this.byTime = new KeptElements<>(context, "sorted", time -> Long.toString(time), Long::valueOf);
  }

  /** Finds again what is in the state. */
  void restore() {
    byTime.restore();
  }

  void add(Key key, WindowedValue<?> element) {
    long time = element.getTimestamp().getMillis();
    byTime.add(time, key, element, time);
  }

  /** The lowest timestamp of all. */
  long earliest() {
    return byTime.earliest();
  }

  /** Gives {@code taker} what the watermark has come to, the earliest first. */
  void release(long watermarkMillis, KeptElements.Taker taker) throws Exception {
    if (byTime.earliest() <= watermarkMillis) {
      byTime.release(
          byTime.groups().stream().filter(time -> time <= watermarkMillis).sorted().toList(),
          taker);
    }
  }
}
