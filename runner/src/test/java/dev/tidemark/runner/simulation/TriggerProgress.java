package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * How far one trigger of one window has come: the rules of Beam's programming guide over plain
 * fields, for windows that do not merge.
 */
final class TriggerProgress {
  private final TriggerSpec spec;
  private final List<TriggerProgress> parts = new ArrayList<>();
  private boolean finished;
  private int elements;
  private long due = Long.MAX_VALUE;

  TriggerProgress(TriggerSpec spec) {
    this.spec = spec;
    spec.parts().forEach(part -> parts.add(new TriggerProgress(part)));
  }

  /** Whether the window takes no more elements. */
  boolean finished() {
    return finished;
  }

  /** Takes note of an element, and asks for the times at which to look again. */
  void onElement(OraclePanes.Window window) {
    if (spec instanceof TriggerSpec.Count) {
      elements++;
    } else if (spec instanceof TriggerSpec.Delay delay) {
      if (due == Long.MAX_VALUE) {
        due = window.now() + delay.millis();
        window.lookAgainAt(due);
      }
    } else if (spec instanceof TriggerSpec.Default) {
      window.lookAgainAtEnd();
    } else if (spec instanceof TriggerSpec.EndOfWindow) {
      window.lookAgainAtEnd();
      current().forEach(part -> part.onElement(window));
    } else if (spec instanceof TriggerSpec.Each) {
      current().forEach(part -> part.onElement(window));
    } else {
      parts.stream().filter(part -> !part.finished).forEach(part -> part.onElement(window));
    }
  }

  /** The part whose turn it is, of those that take turns; none where there is none. */
  private List<TriggerProgress> current() {
    if (spec instanceof TriggerSpec.EndOfWindow end) {
      if (elements == 0) {
        return end.early().isPresent() ? parts.subList(0, 1) : List.of();
      }
      return end.late().isPresent() ? parts.subList(parts.size() - 1, parts.size()) : List.of();
    }
    return parts.stream().filter(part -> !part.finished).limit(1).toList();
  }

  /** Whether a pane is to be fired. */
  boolean ready(OraclePanes.Window window) {
    if (spec instanceof TriggerSpec.Count count) {
      return elements >= count.elements();
    } else if (spec instanceof TriggerSpec.Delay) {
      return window.now() > due;
    } else if (spec instanceof TriggerSpec.Default) {
      return window.pastEnd();
    } else if (spec instanceof TriggerSpec.EndOfWindow) {
      boolean onTime = elements == 0 && window.pastEnd();
      return onTime || current().stream().anyMatch(part -> part.ready(window));
    } else if (spec instanceof TriggerSpec.All) {
      return parts.stream().allMatch(part -> part.ready(window));
    } else if (spec instanceof TriggerSpec.Each) {
      return current().stream().anyMatch(part -> part.ready(window));
    }
    return parts.stream().anyMatch(part -> part.ready(window));
  }

  /** A pane is fired. */
  void fire(OraclePanes.Window window) {
    if (spec instanceof TriggerSpec.EndOfWindow end) {
      if (elements == 0 && window.pastEnd()) {
        elements = 1; // the pane on time is out
        parts.forEach(TriggerProgress::reset);
        finished = end.late().isEmpty();
      } else {
        current().forEach(TriggerProgress::reset);
      }
    } else if (spec instanceof TriggerSpec.Forever) {
      parts.get(0).fire(window);
      if (parts.get(0).finished) {
        parts.get(0).reset();
      }
    } else if (spec instanceof TriggerSpec.Each) {
      current().forEach(part -> part.fire(window));
      finished = current().isEmpty();
    } else if (spec instanceof TriggerSpec.Until && !parts.get(1).ready(window)) {
      parts.get(0).fire(window);
      finished = parts.get(0).finished;
    } else if (!(spec instanceof TriggerSpec.Default)) {
      finished = true;
    }
  }

  private void reset() {
    finished = false;
    elements = 0;
    due = Long.MAX_VALUE;
    parts.forEach(TriggerProgress::reset);
  }
}
