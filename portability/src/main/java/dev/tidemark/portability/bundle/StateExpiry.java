package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.LateElements;
import dev.tidemark.runner.stage.beam.Lateness;
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import dev.tidemark.translation.graph.CellSpec;
import dev.tidemark.translation.graph.Operation;
import java.util.List;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * What a stateful function in an SDK harness keeps for a key and window, and for how long: drops
 * elements of expired windows, sets a timer for the expiry of those that get elements, and then
 * clears state and timers.
 *
 * <p>Owned by the lane.
 */
final class StateExpiry {
  private static final String TIMER_ID = "expiry";

  private final NodeContext context;
  private final List<CellSpec> cells;
  private final String callbackFamily;
  private final HarnessTimers timers;
  private final WindowNamespaces namespaces;
  private final Lateness lateness;
  private final LateElements late;
  private @Nullable Key lastKey;
  private @Nullable BoundedWindow lastWindow;

  StateExpiry(
      NodeContext context, WireCoding coding, Operation.ParDo function, HarnessTimers timers) {
    this.context = context;
    this.cells = function.cells();
    this.callbackFamily = function.payload().getOnWindowExpirationTimerFamilySpec();
    this.timers = timers;
    this.namespaces = new WindowNamespaces(coding.windowCoder());
    this.lateness = new Lateness(context.components().windowing(context.node().inputs().get(0)));
    this.late = new LateElements(lateness);
  }

  /**
   * The element in those of its windows that are not expired, as zero or one elements; the state of
   * these is cleared when its time has come.
   */
  <T> List<WindowedValue<T>> admit(Key key, WindowedValue<T> element, long watermarkMillis) {
    List<WindowedValue<T>> admitted = late.drop(element, watermarkMillis);
    for (WindowedValue<T> kept : admitted) {
      for (BoundedWindow window : kept.getWindows()) {
        setFor(key, window);
      }
    }
    return admitted;
  }

  private void setFor(Key key, BoundedWindow window) {
    if (!key.equals(lastKey) || !window.equals(lastWindow)) {
      set(key, window);
    }
  }

  /** The timer fires after the user's timers for the very expiry. */
  private void set(Key key, BoundedWindow window) {
    context
        .timers()
        .set(
            new TimerRecord(
                key,
                namespaces.of(window),
                "",
                TIMER_ID,
                TimeDomain.EVENT_TIME,
                lateness.expiryMillis(window) + 2,
                hasCallback() ? window.maxTimestamp().getMillis() : Timestamps.MAX));
    lastKey = key;
    lastWindow = window;
  }

  /** Whether a timer that fired is one of these. */
  boolean isExpiry(TimerRecord timer) {
    return timer.family().isEmpty() && timer.id().equals(TIMER_ID);
  }

  /**
   * Whether a window expires now that its timer has fired. One that ends with all input waits for
   * the timers in processing time that are set, as those of a batch job would never be called
   * otherwise; {@link #afterTimer} goes on then.
   */
  boolean isNow(TimerRecord expiry) {
    if (context.inputWatermark() == Timestamps.MAX
        && !context.causedByDrain(expiry)
        && timers.awaitTime(expiry.key(), expiry.namespace())) {
      return false;
    }
    context.timers().delete(expiry.key(), expiry.namespace(), "", TIMER_ID, TimeDomain.EVENT_TIME);
    return true;
  }

  /** To be called when a timer in processing time has been called and all that it did applied. */
  void afterTimer(Key key, String namespace) {
    if (context.inputWatermark() == Timestamps.MAX) {
      set(key, namespaces.window(namespace));
    }
  }

  /** Whether the function is called when a window expires. */
  boolean hasCallback() {
    return !callbackFamily.isEmpty();
  }

  /** The timer family by which it is called then. */
  String callbackFamily() {
    return callbackFamily;
  }

  BoundedWindow window(TimerRecord timer) {
    return namespaces.window(timer.namespace());
  }

  /** Forgets what is kept for a key and window. */
  void clear(Key key, String namespace) {
    lastKey = null;
    lastWindow = null;
    Cells ofKey = context.cells().forKey(key);
    cells.forEach(cell -> StateCells.clear(ofKey, namespace, cell));
    timers.clearWindow(key, namespace);
  }
}
