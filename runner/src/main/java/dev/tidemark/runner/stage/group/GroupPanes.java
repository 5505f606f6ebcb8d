package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Instant;

/**
 * Emits the panes of groups whose windows fire at their end: with the index, timing and timestamp
 * that Beam's {@code ReduceFnRunner} gives them.
 *
 * <p>Owned by the lane.
 */
final class GroupPanes {
  /** The time at which a pane is due that no time, but an element has caused. */
  static final long BY_ELEMENT = Long.MIN_VALUE;

  private final NodeContext context;
  private final OutputPort output;
  private final GroupContents contents;
  private final boolean once;
  private final boolean accumulating;
  private final boolean closingAlways;
  private Instant timestamp = Instant.ofEpochMilli(0);

  GroupPanes(
      NodeContext context,
      OutputPort output,
      GroupContents contents,
      WindowingStrategy<?, ?> windowing,
      EndOfWindowTrigger trigger) {
    this.context = context;
    this.output = output;
    this.contents = contents;
    this.once = trigger.once();
    this.accumulating = windowing.getMode() == AccumulationMode.ACCUMULATING_FIRED_PANES;
    this.closingAlways = windowing.getClosingBehavior() == ClosingBehavior.FIRE_ALWAYS;
  }

  /**
   * Emits what is new in a group, which is to be written back.
   *
   * @param cells the key's cells
   * @param due the event time, in milliseconds, that was to pass for that, or {@link #BY_ELEMENT}
   */
  void fire(Key key, GroupWindow window, Group group, Cells cells, long due) {
    boolean discard = once || !accumulating;
    emit(key, window, group, cells, once, discard, due);
    group.setPanes(group.panes() + 1);
    group.setFresh(false);
    group.setTimestamp(Group.NO_TIMESTAMP);
    if (discard) {
      contents.clear(cells, window.namespace(), group);
    }
  }

  /** Emits the last pane of a group, if there is to be one, and removes its values. */
  void close(Key key, GroupWindow window, Group group, Cells cells, long due) {
    boolean finished = once && group.panes() > 0;
    if (!finished && (group.isFresh() || closingAlways)) {
      emit(key, window, group, cells, true, true, due);
    }
    if (!finished && (accumulating || group.isFresh())) {
      contents.clear(cells, window.namespace(), group);
    }
  }

  private void emit(
      Key key, GroupWindow window, Group group, Cells cells, boolean last, boolean all, long due) {
    boolean late = group.panes() > 0 || window.end() < context.outputWatermark();
    PaneInfo pane =
        PaneInfo.createPane(
            group.panes() == 0,
            last,
            late ? PaneInfo.Timing.LATE : PaneInfo.Timing.ON_TIME,
            group.panes(),
            group.panes());
    long millis = Math.min(group.timestamp(), window.end());
    if (timestamp.getMillis() != millis) {
      timestamp = Instant.ofEpochMilli(millis);
    }
    Object result = contents.result(cells, window.namespace(), group, all);
    ElementMetadata metadata =
        due != BY_ELEMENT && context.causedByDrain(due + 1)
            ? ElementMetadata.DRAIN
            : ElementMetadata.NONE;
    context.setCurrentKey(key);
    output.accept(metadata.element(KV.of(key.decoded(), result), timestamp, window.window(), pane));
  }
}
