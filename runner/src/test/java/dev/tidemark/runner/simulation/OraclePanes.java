package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Observation.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;

/**
 * Computes the very panes of each group, in order, where Beam's model leaves no choice: elements
 * come one by one from a {@code TestStream}, and windows do not merge.
 */
final class OraclePanes {
  private final PipelineSpec spec;
  private final Map<Cell, Window> open = new TreeMap<>();
  private final Map<Cell, List<Pane>> panes = new TreeMap<>();
  private final Set<Cell> unheld = new TreeSet<>();
  private long watermark = Long.MIN_VALUE;
  private long now;

  private OraclePanes(PipelineSpec spec) {
    this.spec = spec;
  }

  /**
   * One pane.
   *
   * @param values sorted
   */
  record Pane(long index, boolean last, Timing timing, List<Integer> values) {}

  /** Gives the panes of each group. */
  static Map<Cell, List<Pane>> evaluate(PipelineSpec spec) {
    return run(spec).panes;
  }

  /**
   * The windows of which nothing held back the output watermark when they were to be fired after
   * their end: whether such a pane is on time or late, and is fired at all if it is empty, depends
   * on how far other keys hold the watermark back.
   */
  static Set<Cell> unheld(PipelineSpec spec) {
    return run(spec).unheld;
  }

  private static OraclePanes run(PipelineSpec spec) {
    OraclePanes oracle = new OraclePanes(spec);
    for (Timeline.Event event : spec.timeline().events()) {
      if (event instanceof Timeline.Elements elements) {
        elements.elements().forEach(oracle::add);
      } else if (event instanceof Timeline.Watermark moved) {
        oracle.moveWatermark(moved.toMillis());
      } else if (event instanceof Timeline.ProcessingTime time) {
        oracle.now += time.byMillis();
        oracle.open.values().forEach(Window::lookIfDue);
      }
    }
    oracle.moveWatermark(Long.MAX_VALUE);
    return oracle;
  }

  private void add(Timeline.Element element) {
    for (Oracle.Assigned assigned : Oracle.assigned(spec, element)) {
      if (!assigned.span().expired(watermark, spec.windowing().allowedLatenessMillis())) {
        open.computeIfAbsent(new Cell(assigned.key(), assigned.span()), Window::new)
            .add(assigned.value(), element.timeMillis());
      }
    }
  }

  private void moveWatermark(long toMillis) {
    watermark = toMillis;
    for (Window window : List.copyOf(open.values())) {
      if (window.cell.span().expired(watermark, spec.windowing().allowedLatenessMillis())) {
        window.expire();
        open.remove(window.cell);
      } else {
        window.lookIfEnded();
      }
    }
  }

  /** One key and window. */
  final class Window {
    private final Cell cell;
    private final TriggerProgress trigger = new TriggerProgress(spec.windowing().trigger());
    private final List<Integer> values = new ArrayList<>();
    private final TreeSet<Long> dueTimes = new TreeSet<>();
    private boolean dueAtEnd;
    private boolean empty = true;
    private boolean held;
    private int fired;
    private boolean onTimeFired;

    Window(Cell cell) {
      this.cell = cell;
    }

    private boolean endHolds() {
      return !pastEnd() && spec.windowing().outputTime() == Windowing.OutputTime.END_OF_WINDOW;
    }

    private void noteHold() {
      if (pastEnd() && !held && !onTimeFired) {
        unheld.add(cell);
      }
    }

    long now() {
      return now;
    }

    boolean pastEnd() {
      return cell.span().expired(watermark, 0);
    }

    void lookAgainAt(long millis) {
      dueTimes.add(millis);
    }

    void lookAgainAtEnd() {
      dueAtEnd |= !pastEnd();
    }

    private void add(int value, long timeMillis) {
      if (trigger.finished()) {
        return;
      }
      values.add(value);
      held |= endHolds() || timeMillis >= watermark;
      noteHold();
      empty = false;
      trigger.onElement(this);
      look();
    }

    private void lookIfEnded() {
      if (dueAtEnd && pastEnd()) {
        dueAtEnd = false;
        look();
      }
      noteHold();
    }

    private void lookIfDue() {
      while (!dueTimes.isEmpty() && dueTimes.first() < now) {
        dueTimes.pollFirst();
        look();
      }
    }

    private void look() {
      if (!trigger.finished() && trigger.ready(this)) {
        trigger.fire(this);
        fire(trigger.finished());
      }
    }

    private void expire() {
      if (!trigger.finished()) {
        fire(true);
      }
    }

    private void fire(boolean last) {
      Timing timing = timing();
      boolean closing = last && spec.windowing().alwaysFireOnClose();
      if (!empty || timing == Timing.ON_TIME || closing) {
        List<Integer> result = spec.aggregation().result(values, cell.span());
        panes
            .computeIfAbsent(cell, any -> new ArrayList<>())
            .add(new Pane(fired++, last, timing, result));
        onTimeFired |= timing != Timing.EARLY;
      }
      empty = true;
      held = false;
      if (last || !spec.windowing().accumulating()) {
        values.clear();
      }
    }

    private Timing timing() {
      if (onTimeFired) {
        return Timing.LATE;
      }
      return pastEnd() ? Timing.ON_TIME : Timing.EARLY;
    }
  }
}
