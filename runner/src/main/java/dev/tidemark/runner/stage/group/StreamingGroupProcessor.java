package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.beam.LateElements;
import dev.tidemark.runner.stage.beam.Lateness;
import dev.tidemark.runner.stage.beam.ReduceFnGroups;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Groups or combines by key and window under the streaming policy, where windows do not merge and
 * fire at their end; see {@link #supports}. With lateness, late panes, either accumulation mode,
 * and everything else as {@link ReduceFnGroupProcessor}, its oracle, does it.
 *
 * <p>A key and window has a {@link Group} in a cell; a window fires as a whole ({@link
 * OpenWindows}), but in several epochs if it has very many groups. An element behind the end of its
 * window is added like others and fired when the bundle ends, or a thousand groups have such
 * elements. State that the oracle has left in the cells is taken over where it is met.
 *
 * <p>Owned by the lane.
 */
public final class StreamingGroupProcessor implements NodeProcessor {
  private static final String GROUP = "group";
  private static final int MOST_LATE = 1_000;
  private static final long NOW = 0;

  private final GroupContents.Factory contentsFactory;
  private final List<Late> late = new ArrayList<>();
  private @Nullable Opened opened;
  private @Nullable Firing firing;
  private boolean firedInRound;

  /**
   * A window of which some groups have been fired or closed. Whoever begins anew, after a crash,
   * does not meet these again: they are not fresh, or gone.
   */
  private record Firing(OpenWindows.KeyWalk walk, boolean expires) {}

  /** A group that has something for a late pane. */
  private record Late(Key key, OpenWindow window) {}

  /** What there is once the processor is open. */
  private record Opened(
      NodeContext context,
      EndOfWindowTrigger trigger,
      OutputTime outputTime,
      Group.GroupCoder groupCoder,
      GroupContents contents,
      OpenWindows windows,
      GroupPanes panes,
      LateElements lateElements,
      ReduceFnGroups left,
      @Nullable ElementGuard guard) {}

  /** Makes one for a node with such contents. */
  public StreamingGroupProcessor(GroupContents.Factory contentsFactory) {
    this.contentsFactory = contentsFactory;
  }

  /** Whether this processor may take a collection of this windowing. */
  public static boolean supports(WindowingStrategy<?, ?> windowing) {
    return EndOfWindowTrigger.of(windowing) != null;
  }

  @Override
  public void open(NodeContext context) {
    try {
      opened = opened(context);
      opened.windows().restore();
    } catch (RuntimeException e) {
      throw TransformException.of(context.node().fullName(), e);
    }
  }

  private Opened opened(NodeContext context) {
    Node node = context.node();
    CollectionId input = node.inputs().get(0);
    WindowingStrategy<?, ?> windowing = context.components().windowing(input);
    EndOfWindowTrigger trigger = EndOfWindowTrigger.of(windowing);
    if (trigger == null) {
      throw new IllegalArgumentException(windowing + " does not fire at the end of the window");
    }
    EdgeCoders edge = EdgeCoders.of(context.components(), input, node.fullName());
    GroupContents contents = contentsFactory.of(context);
    OutputPort output = context.output(node.outputs().values().iterator().next());
    return new Opened(
        context,
        trigger,
        new OutputTime(windowing.getTimestampCombiner()),
        new Group.GroupCoder(contents.accumulatorCoder()),
        contents,
        new OpenWindows(context.cells(), new KeyListCoder(edge), windowing),
        new GroupPanes(context, output, contents, windowing, trigger),
        new LateElements(new Lateness(windowing)),
        new ReduceFnGroups(context, windowing),
        addsInputs(node) ? ElementGuard.of(context) : null);
  }

  /**
   * Whether a user's function is called with each element: where the elements are accumulators,
   * nobody could say which element it was that fails.
   */
  static boolean addsInputs(Node node) {
    return node.operation() instanceof Operation.CombinePerKey combine && !combine.lifted();
  }

  private Opened opened() {
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }

  @Override
  public void restored() {
    late.clear();
    firing = null;
    opened().windows().restore();
  }

  @Override
  public void process(WindowedValue<?> element) {
    Opened node = opened();
    if (node.guard() == null) {
      add(node, element);
    } else {
      node.guard().around(element, node.context()::afterCommit, () -> add(node, element));
    }
    if (late.size() >= MOST_LATE) {
      Key key = node.context().currentKey();
      fireLate();
      node.context().setCurrentKey(key);
    }
  }

  private void add(Opened node, WindowedValue<?> element) {
    Key key = node.context().currentKey();
    Object value = ((KV<?, ?>) element.getValue()).getValue();
    long timestamp = element.getTimestamp().getMillis();
    long watermark = node.context().inputWatermark();
    boolean shared = element.getWindows().size() > 1;
    for (BoundedWindow ofElement : element.getWindows()) {
      OpenWindow window = node.windows().of(ofElement);
      if (window.expiry() < watermark) {
        node.lateElements().count();
      } else {
        add(node, key, window, value, shared, timestamp, watermark);
      }
    }
  }

  private void add(
      Opened node,
      Key key,
      OpenWindow window,
      @Nullable Object value,
      boolean shared,
      long timestampMillis,
      long watermark) {
    Cells cells = node.context().cells().forKey(key);
    Cells.ValueCell<Group> cell = cell(node, cells, window);
    Group group = cell.read();
    if (group == null) {
      group = newGroup(node, key, window);
      cell.write(group);
    }
    if (!group.isFresh() && node.trigger().once() && group.panes() > 0) {
      node.lateElements().countClosed();
      return;
    }
    boolean fresh = group.isFresh();
    group.setFresh(true);
    if (watermark > window.end()) {
      if (!fresh) {
        late.add(new Late(key, window));
      }
    } else {
      long before = group.timestamp();
      long after = timestamp(node, window, before, timestampMillis);
      if (!fresh || after != before) {
        group.setTimestamp(after);
        node.windows().await(window, key, after);
      }
    }
    node.contents().add(cells, window.namespace(), group, value, shared);
    cell.write(group);
  }

  /**
   * The timestamp of a pane with one element more. Only those count that a watermark can be held
   * at.
   */
  private static long timestamp(
      Opened node, OpenWindow window, long timestampBefore, long timestampMillis) {
    long ofElement = node.outputTime().assign(window.window(), window.end(), timestampMillis);
    if (ofElement < node.context().outputWatermark()) {
      return timestampBefore;
    }
    return timestampBefore == Group.NO_TIMESTAMP
        ? ofElement
        : node.outputTime().combine(timestampBefore, ofElement);
  }

  private static Cells.ValueCell<Group> cell(Opened node, Cells cells, OpenWindow window) {
    return cells.value(window.namespace(), GROUP, node.groupCoder());
  }

  /** A new group, with what the oracle has left of it. */
  private Group newGroup(Opened node, Key key, OpenWindow window) {
    Group group = new Group();
    if (node.left().any()) {
      adopt(node, key, window, group);
    }
    node.windows().add(window, key);
    if (group.isFresh()) {
      node.windows().await(window, key, group.timestamp());
    }
    return group;
  }

  private void adopt(Opened node, Key key, OpenWindow window, Group group) {
    ReduceFnGroups.Panes panes = node.left().take(key, window.window());
    Cells cells = node.context().cells().forKey(key);
    boolean values = node.contents().adopt(cells, window.namespace(), ReduceFnGroups.VALUES, group);
    group.setPanes(panes.panes());
    // Panes that only elements cause are fired with them, so these values wait for the end.
    group.setFresh(values && panes.panes() == 0);
    if (panes.holdMillis() != null) {
      group.setTimestamp(panes.holdMillis());
    }
  }

  @Override
  public void flush() {
    fireLate();
  }

  @Override
  public void finishBundle() {
    fireLate();
  }

  private void fireLate() {
    Opened node = opened();
    for (Late of : late) {
      Cells cells = node.context().cells().forKey(of.key());
      Cells.ValueCell<Group> cell = cell(node, cells, of.window());
      Group group = cell.read();
      if (group != null) {
        node.panes().fire(of.key(), of.window(), group, cells, GroupPanes.BY_ELEMENT);
        cell.write(group);
      }
    }
    late.clear();
  }

  @Override
  public void advanceWatermark(long watermarkMillis) {
    fireLate();
    fireDue(opened());
    firedInRound = true;
  }

  @Override
  public boolean resumePending() {
    Opened node = opened();
    if (!firedInRound) {
      fireDue(node);
    }
    firedInRound = false;
    return nextDue(node) == null;
  }

  @Override
  public long nextResume() {
    return opened != null && nextDue(opened) != null ? NOW : Long.MAX_VALUE;
  }

  /** A window that is not done with stays due. */
  private static @Nullable OpenWindow nextDue(Opened node) {
    return node.windows().nextDue(node.context().inputWatermark());
  }

  /**
   * Goes on with windows that are due, up to as many groups as should fire in a round: one window
   * may have more than fit into memory.
   */
  private void fireDue(Opened node) {
    long left = node.context().maxTimersPerRound();
    while (left > 0) {
      Firing current = firing;
      if (current == null) {
        OpenWindow due = nextDue(node);
        if (due == null) {
          return;
        }
        boolean expires = due.expiry() < node.context().inputWatermark();
        current = new Firing(node.windows().walk(due), expires);
        firing = current;
      }
      left -= fire(node, current);
    }
  }

  /** Fires or closes some groups of a window; returns how many. */
  private int fire(Opened node, Firing current) {
    OpenWindow window = current.walk().window();
    int count = current.walk().next(key -> fire(node, window, key, current.expires()));
    if (count == 0) {
      firing = null;
      if (current.expires()) {
        node.windows().remove(window);
      } else {
        node.windows().settle(window);
      }
    }
    return count;
  }

  private static void fire(Opened node, OpenWindow window, Key key, boolean expires) {
    Cells cells = node.context().cells().forKey(key);
    Cells.ValueCell<Group> cell = cell(node, cells, window);
    Group group = cell.read();
    if (group != null && expires) {
      node.panes().close(key, window, group, cells, window.due());
      cell.clear();
    } else if (group != null && group.isFresh()) {
      node.panes().fire(key, window, group, cells, window.due());
      cell.write(group);
    }
  }

  /** Takes a timer that the oracle has left: its group is not ours yet, and is due. */
  @Override
  public void onTimer(TimerRecord timer) {
    Opened node = opened();
    OpenWindow window = node.windows().of(node.left().window(timer));
    Key key = timer.key();
    Cells cells = node.context().cells().forKey(key);
    Group group = new Group();
    adopt(node, key, window, group);
    long due = timer.timestampMillis() - 1;
    if (window.expiry() < node.context().inputWatermark()) {
      node.panes().close(key, window, group, cells, due);
      return;
    }
    if (group.isFresh()) {
      node.panes().fire(key, window, group, cells, due);
    }
    node.windows().add(window, key);
    cell(node, cells, window).write(group);
  }

  @Override
  public long awaitedWatermark() {
    return opened().windows().awaitedWatermark();
  }

  @Override
  public long pendingHold() {
    if (opened == null) {
      return Timestamps.MAX;
    }
    OpenWindow due = nextDue(opened);
    long hold = opened.windows().hold();
    return due == null ? hold : Math.min(hold, due.due());
  }
}
