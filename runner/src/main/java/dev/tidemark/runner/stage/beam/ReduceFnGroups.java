package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.BitSet;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.triggers.TriggerStateMachineRunner;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.PaneInfoCoder;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@link WindowGrouping} has left of keys and windows in a node's cells and timers, in a job
 * that goes on from state of a version that grouped by nothing else.
 *
 * <p>Whatever it has of a key and window, it has a timer for: without timers there is nothing.
 *
 * <p>Owned by the lane.
 */
public final class ReduceFnGroups {
  /** The name of the cell with the values or the accumulator of a key and window. */
  public static final String VALUES = "sbuf";

  private static final StateTag<ValueState<PaneInfo>> PANE =
      StateTags.makeSystemTagInternal(StateTags.value("paneInfo", PaneInfoCoder.INSTANCE));
  private static final StateTag<CombiningState<Long, long[], Long>> COUNT =
      StateTags.makeSystemTagInternal(
          StateTags.combiningValueFromInputInternal("count", VarLongCoder.of(), Sum.ofLongs()));
  private static final StateTag<ValueState<BitSet>> FINISHED =
      TriggerStateMachineRunner.FINISHED_BITS_TAG;
  private static final StateTag<WatermarkHoldState> EXTRA_HOLD =
      holdTag("extra", TimestampCombiner.EARLIEST);

  /**
   * What was known of a key and window.
   *
   * @param panes how many panes were emitted
   * @param holdMillis the timestamp of the next one, or null
   */
  public record Panes(int panes, @Nullable Long holdMillis) {}

  private final NodeContext context;
  private final WindowNamespaces namespaces;
  private final StateTag<WatermarkHoldState> hold;
  private final Lateness lateness;
  private final StateAddresses addresses = new StateAddresses();

  /** For the node of {@code context}, whose input is windowed like this. */
  public ReduceFnGroups(NodeContext context, WindowingStrategy<?, ?> windowing) {
    this.context = context;
    this.namespaces = new WindowNamespaces(windowing.getWindowFn().windowCoder());
    this.hold = holdTag("hold", windowing.getTimestampCombiner());
    this.lateness = new Lateness(windowing);
  }

  private static StateTag<WatermarkHoldState> holdTag(String id, TimestampCombiner combiner) {
    return StateTags.makeSystemTagInternal(StateTags.watermarkStateInternal(id, combiner));
  }

  /** Whether anything is left in this lane. */
  public boolean any() {
    return context.timers().nextTimestamp(TimeDomain.EVENT_TIME) != Long.MAX_VALUE;
  }

  /** Takes what is known of a key and window, apart from the values, and forgets it. */
  public Panes take(Key key, BoundedWindow window) {
    StateNamespace namespace = namespaces.parse(namespaces.of(window));
    Cells cells = context.cells().forKey(key);
    StateInternals state = new CellStateInternals(cells, key.decoded(), addresses);
    PaneInfo pane = state.state(namespace, PANE).read();
    Instant held = state.state(namespace, hold).read();
    BitSet finished = state.state(namespace, FINISHED).read();
    state.state(namespace, PANE).clear();
    state.state(namespace, hold).clear();
    state.state(namespace, EXTRA_HOLD).clear();
    state.state(namespace, COUNT).clear();
    state.state(namespace, FINISHED).clear();
    deleteTimer(key, namespace, window.maxTimestamp().getMillis());
    deleteTimer(key, namespace, lateness.expiryMillis(window));
    // Of one that is closed, only that is left.
    boolean closed = finished != null && finished.get(0);
    int panes = pane == null ? (closed ? 1 : 0) : (int) pane.getIndex() + 1;
    return new Panes(panes, held == null ? null : held.getMillis());
  }

  /** The window of a timer that is left. */
  public BoundedWindow window(TimerRecord timer) {
    return namespaces.window(timer.namespace());
  }

  private void deleteTimer(Key key, StateNamespace namespace, long timestampMillis) {
    String id = CellTimerInternals.unnamedEventTimer(timestampMillis);
    context.timers().delete(key, namespace.stringKey(), "", id, TimeDomain.EVENT_TIME);
  }
}
