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
import dev.tidemark.runner.stage.beam.WindowNamespaces;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Groups or combines by key and session under the streaming policy, where sessions fire at their
 * end; see {@link #supports}. With lateness, late panes, either accumulation mode, and everything
 * else as {@link ReduceFnGroupProcessor}, its oracle, does it.
 *
 * <p>A key has a list of its {@link Session}s in one cell, and for each a {@link Group} in another,
 * which stays there however the session grows. A session has one timer, which is set when it is new
 * and holds the watermark. It is not moved when the session grows, but when it fires, to where the
 * session has got by then; so the output watermark may be held for a gap longer than needed. It is
 * set anew at once only where it would be too late, or hold too little.
 *
 * <p>An element behind the end of its session is added like others and fired when the bundle ends,
 * or a thousand keys have such elements. State that the oracle has left in the cells is taken over
 * where it is met.
 *
 * <p>Owned by the lane.
 */
public final class SessionGroupProcessor implements NodeProcessor {
  private static final String SESSIONS = "sessions";
  private static final String GROUP = "group";
  private static final String TIMER = "session";
  private static final String NO_WINDOW = "";
  private static final String NO_FAMILY = "";
  private static final int MOST_LATE = 1_000;

  private final GroupContents.Factory contentsFactory;

  // Keys with sessions that have something for a late pane, and what their elements are late by.
  private final Set<Key> late = new LinkedHashSet<>();
  private long lateWatermark = Timestamps.MIN;

  private @Nullable Opened opened;

  /** What there is once the processor is open. */
  private record Opened(
      NodeContext context,
      WindowNamespaces namespaces,
      OutputTime outputTime,
      SessionsCoder sessionsCoder,
      Group.GroupCoder groupCoder,
      GroupContents contents,
      GroupPanes panes,
      Lateness lateness,
      LateElements lateElements,
      ReduceFnGroups left) {}

  /** Makes one for a node with such contents. */
  public SessionGroupProcessor(GroupContents.Factory contentsFactory) {
    this.contentsFactory = contentsFactory;
  }

  /**
   * Whether this processor may take a collection of this windowing. A trigger that closes for good
   * would leave windows that do not merge any more.
   */
  public static boolean supports(WindowingStrategy<?, ?> windowing) {
    return SessionWindows.areIn(windowing) && EndOfWindowTrigger.isRepeated(windowing.getTrigger());
  }

  @Override
  public void open(NodeContext context) {
    try {
      opened = opened(context);
    } catch (RuntimeException e) {
      throw TransformException.of(context.node().fullName(), e);
    }
  }

  private Opened opened(NodeContext context) {
    Node node = context.node();
    WindowingStrategy<?, ?> windowing = context.components().windowing(node.inputs().get(0));
    GroupContents contents = contentsFactory.of(context);
    OutputPort output = context.output(node.outputs().values().iterator().next());
    WindowNamespaces namespaces = new WindowNamespaces(IntervalWindow.getCoder());
    Lateness lateness = new Lateness(windowing);
    return new Opened(
        context,
        namespaces,
        new OutputTime(windowing.getTimestampCombiner()),
        new SessionsCoder(namespaces),
        new Group.GroupCoder(contents.accumulatorCoder()),
        contents,
        new GroupPanes(context, output, contents, windowing, new EndOfWindowTrigger(false)),
        lateness,
        new LateElements(lateness),
        new ReduceFnGroups(context, windowing));
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
  }

  @Override
  public void process(WindowedValue<?> element) {
    Opened node = opened();
    Key key = node.context().currentKey();
    long watermark = node.context().inputWatermark();
    if (watermark != lateWatermark || late.size() >= MOST_LATE) {
      fireLate();
      node.context().setCurrentKey(key);
      lateWatermark = watermark;
    }
    Object value = ((KV<?, ?>) element.getValue()).getValue();
    long timestamp = element.getTimestamp().getMillis();
    boolean shared = element.getWindows().size() > 1;
    for (BoundedWindow window : element.getWindows()) {
      if (node.lateness().isExpired(window, watermark)) {
        node.lateElements().count();
      } else {
        add(node, key, (IntervalWindow) window, value, shared, timestamp, watermark);
      }
    }
  }

  private void add(
      Opened node,
      Key key,
      IntervalWindow window,
      @Nullable Object value,
      boolean shared,
      long timestampMillis,
      long watermark) {
    Cells cells = node.context().cells().forKey(key);
    Cells.ValueCell<List<Session>> list = sessionsCell(node, cells);
    List<Session> sessions = list.read();
    boolean changed = sessions == null;
    if (sessions == null) {
      sessions = node.left().any() ? adopt(node, key, cells) : new ArrayList<>(1);
    }
    Session session = null;
    boolean alone = true;
    for (Session each : sessions) {
      if (each.meets(window)) {
        alone &= session == null;
        session = session == null ? each : session;
      }
    }
    Group group = null;
    if (session == null) {
      session = new Session(window, node.namespaces().of(window), window);
      sessions.add(session);
      changed = true;
    } else {
      group = groupCell(node, cells, session).read();
    }
    if (group == null) {
      group = new Group();
    }
    if (!alone) {
      absorb(node, key, cells, sessions, session, group, window);
      changed = true;
    }
    if (session.include(window)) {
      // As a new window it has had no panes.
      group.setPanes(0);
      changed = true;
    }
    group.setFresh(true);
    if (session.end() < watermark) {
      late.add(key);
    }
    long ofElement = node.outputTime().assign(session.window(), session.end(), timestampMillis);
    if (ofElement >= node.context().outputWatermark()) {
      combineTimestamp(node, group, ofElement);
    }
    node.contents().add(cells, session.namespace(), group, value, shared);
    groupCell(node, cells, session).write(group);
    if (schedule(node, key, session, group, watermark) || changed) {
      list.write(sessions);
    }
  }

  /** Merges all other sessions that meet the window into this one. */
  private static void absorb(
      Opened node,
      Key key,
      Cells cells,
      List<Session> sessions,
      Session session,
      Group group,
      IntervalWindow window) {
    for (Iterator<Session> each = sessions.iterator(); each.hasNext(); ) {
      Session other = each.next();
      if (other != session && other.meets(window)) {
        each.remove();
        Cells.ValueCell<Group> otherCell = groupCell(node, cells, other);
        Group otherGroup = otherCell.read();
        if (otherGroup != null) {
          node.contents().merge(cells, session.namespace(), group, other.namespace(), otherGroup);
          group.setFresh(group.isFresh() || otherGroup.isFresh());
          combineTimestamp(node, group, otherGroup.timestamp());
          otherCell.clear();
        }
        deleteTimer(node, key, other);
        session.include(other.window());
      }
    }
    // It is larger than each of them was.
    group.setPanes(0);
  }

  private static void combineTimestamp(Opened node, Group group, long timestampMillis) {
    long before = group.timestamp();
    if (timestampMillis == Group.NO_TIMESTAMP || node.outputTime().dependsOnlyOnWindow()) {
      return;
    }
    group.setTimestamp(
        before == Group.NO_TIMESTAMP
            ? timestampMillis
            : node.outputTime().combine(before, timestampMillis));
  }

  /** Sees to it that the timer is there in time; returns whether the session was changed. */
  private static boolean schedule(
      Opened node, Key key, Session session, Group group, long watermark) {
    boolean waits = group.isFresh() && session.end() >= watermark;
    long fire = (waits ? session.end() : expiry(node, session)) + 1;
    long hold = waits ? Math.min(group.timestamp(), Timestamps.MAX) : Timestamps.MAX;
    if (session.timer() <= fire && session.hold() <= hold) {
      return false;
    }
    session.setTimer(fire, hold);
    node.context()
        .timers()
        .set(
            new TimerRecord(
                key, session.namespace(), NO_FAMILY, TIMER, TimeDomain.EVENT_TIME, fire, hold));
    return true;
  }

  private static long expiry(Opened node, Session session) {
    return Math.max(session.end(), node.lateness().expiryMillis(session.window()));
  }

  private static void deleteTimer(Opened node, Key key, Session session) {
    node.context()
        .timers()
        .delete(key, session.namespace(), NO_FAMILY, TIMER, TimeDomain.EVENT_TIME);
  }

  private static Cells.ValueCell<List<Session>> sessionsCell(Opened node, Cells cells) {
    return cells.value(NO_WINDOW, SESSIONS, node.sessionsCoder());
  }

  private static Cells.ValueCell<Group> groupCell(Opened node, Cells cells, Session session) {
    return cells.value(session.namespace(), GROUP, node.groupCoder());
  }

  /** What the oracle has left of a key of which nothing is known here. */
  private static List<Session> adopt(Opened node, Key key, Cells cells) {
    List<Session> sessions = new ArrayList<>(1);
    for (ReduceFnGroups.Merged merged : node.left().takeMerged(key)) {
      IntervalWindow home = (IntervalWindow) merged.home();
      Session session =
          new Session(home, node.namespaces().of(home), (IntervalWindow) merged.window());
      Group group = new Group();
      boolean values =
          node.contents().adopt(cells, session.namespace(), ReduceFnGroups.VALUES, group);
      group.setPanes(merged.panes().panes());
      // Panes that only elements cause are fired with them, so these values wait for the end.
      group.setFresh(values && merged.panes().panes() == 0);
      if (merged.panes().holdMillis() != null) {
        combineTimestamp(node, group, merged.panes().holdMillis());
      }
      groupCell(node, cells, session).write(group);
      schedule(node, key, session, group, Timestamps.MIN);
      sessions.add(session);
    }
    return sessions;
  }

  @Override
  public void flush() {
    fireLate();
  }

  @Override
  public void finishBundle() {
    fireLate();
  }

  @Override
  public void advanceWatermark(long watermarkMillis) {
    fireLate();
  }

  /** Fires what is late by the watermark that its elements met. */
  private void fireLate() {
    Opened node = opened();
    for (Key key : late) {
      Cells cells = node.context().cells().forKey(key);
      List<Session> sessions = sessionsCell(node, cells).read();
      for (Session session : sessions == null ? List.<Session>of() : sessions) {
        Cells.ValueCell<Group> cell = groupCell(node, cells, session);
        Group group = cell.read();
        if (group != null && group.isFresh() && session.end() < lateWatermark) {
          // Late elements have no say in the timestamp.
          group.setTimestamp(Group.NO_TIMESTAMP);
          node.panes().fire(key, session, group, cells, GroupPanes.BY_ELEMENT);
          cell.write(group);
        }
      }
    }
    late.clear();
  }

  @Override
  public void onTimer(TimerRecord timer) {
    Opened node = opened();
    fireLate();
    Key key = timer.key();
    node.context().setCurrentKey(key);
    Cells cells = node.context().cells().forKey(key);
    Cells.ValueCell<List<Session>> list = sessionsCell(node, cells);
    List<Session> sessions = list.read();
    if (sessions == null) {
      // One that the oracle has left: what is due of its groups has timers now.
      sessions = adopt(node, key, cells);
    }
    for (Iterator<Session> each = sessions.iterator(); each.hasNext(); ) {
      Session session = each.next();
      if (timer.id().equals(TIMER) && session.namespace().equals(timer.namespace())) {
        session.setTimer(Session.NO_TIMER, Timestamps.MAX);
        if (!stays(node, key, session, cells)) {
          each.remove();
        }
        break;
      }
    }
    if (sessions.isEmpty()) {
      list.clear();
    } else {
      list.write(sessions);
    }
  }

  /** Does what is due for a session without a timer; returns whether anything is left of it. */
  private static boolean stays(Opened node, Key key, Session session, Cells cells) {
    Cells.ValueCell<Group> cell = groupCell(node, cells, session);
    Group group = cell.read();
    if (group == null) {
      throw new IllegalStateException("the group of a session is gone: " + session.window());
    }
    long watermark = node.context().inputWatermark();
    long due = group.isFresh() ? session.end() : expiry(node, session);
    if (expiry(node, session) < watermark) {
      node.panes().close(key, session, group, cells, due);
      cell.clear();
      return false;
    }
    if (group.isFresh() && session.end() < watermark) {
      node.panes().fire(key, session, group, cells, due);
      cell.write(group);
    }
    schedule(node, key, session, group, watermark);
    return true;
  }
}
