package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TimerRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.triggers.TriggerStateMachineRunner;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.SetCoder;
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
  private final StateTag<ValueState<Map<BoundedWindow, Set<BoundedWindow>>>> active;
  private final Coder<BoundedWindow> windowCoder;
  private final int triggers;
  private final Lateness lateness;
  private final StateAddresses addresses = new StateAddresses();

  /** For the node of {@code context}, whose input is windowed like this. */
  public ReduceFnGroups(NodeContext context, WindowingStrategy<?, ?> windowing) {
    this.context = context;
    this.namespaces = new WindowNamespaces(windowing.getWindowFn().windowCoder());
    this.hold = holdTag("hold", windowing.getTimestampCombiner());
    @SuppressWarnings("unchecked") // a windowing strategy has the coder of its own windows
    Coder<BoundedWindow> coder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    this.windowCoder = coder;
    this.triggers = WindowGrouping.trigger(windowing).getFirstIndexAfterSubtree();
    this.active =
        StateTags.makeSystemTagInternal(
            StateTags.value("tree", MapCoder.of(coder, SetCoder.of(coder))));
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
    return take(key, window, window);
  }

  private Panes take(Key key, BoundedWindow window, BoundedWindow home) {
    StateNamespace namespace = namespaces.parse(namespaces.of(window));
    StateNamespace values = namespaces.parse(namespaces.of(home));
    Cells cells = context.cells().forKey(key);
    StateInternals state = new CellStateInternals(cells, key.decoded(), addresses);
    PaneInfo pane = state.state(namespace, PANE).read();
    Instant held = state.state(values, hold).read();
    BitSet finished = state.state(namespace, FINISHED).read();
    state.state(namespace, PANE).clear();
    state.state(values, hold).clear();
    state.state(values, EXTRA_HOLD).clear();
    state.state(values, COUNT).clear();
    state.state(namespace, FINISHED).clear();
    deleteTimer(key, namespace, window.maxTimestamp().getMillis());
    deleteTimer(key, namespace, lateness.expiryMillis(window));
    // Of one that is closed, only that is left.
    boolean closed = finished != null && finished.get(0);
    int panes = pane == null ? (closed ? 1 : 0) : (int) pane.getIndex() + 1;
    return new Panes(panes, held == null ? null : held.getMillis());
  }

  /**
   * What was known of a key in a window that was merged.
   *
   * @param window what it is by now
   * @param home the window that its values are kept under
   * @param panes the rest
   */
  public record Merged(BoundedWindow window, BoundedWindow home, Panes panes) {}

  /** Takes all that is known of a key whose windows merge, as {@link #take} does. */
  public List<Merged> takeMerged(Key key) {
    Cells cells = context.cells().forKey(key);
    ValueState<Map<BoundedWindow, Set<BoundedWindow>>> tree =
        new CellStateInternals(cells, key.decoded(), addresses)
            .state(StateNamespaces.global(), active);
    Map<BoundedWindow, Set<BoundedWindow>> homes = tree.read();
    if (homes == null) {
      return List.of();
    }
    List<Merged> merged = new ArrayList<>();
    homes.forEach(
        (window, home) -> {
          BoundedWindow first = home.iterator().next();
          merged.add(new Merged(window, first, take(key, window, first)));
          clearTriggers(cells, window);
        });
    tree.clear();
    return merged;
  }

  /** Where windows merge, triggers count elements for their late part from the beginning. */
  private void clearTriggers(Cells cells, BoundedWindow window) {
    StateInternals state = new CellStateInternals(cells, null, addresses);
    for (int trigger = 0; trigger < triggers; trigger++) {
      state.state(StateNamespaces.windowAndTrigger(windowCoder, window, trigger), COUNT).clear();
    }
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
