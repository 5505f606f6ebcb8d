package dev.tidemark.portability.fn;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;

/**
 * The last lines that a worker logged, for the report of its end.
 *
 * <p>Thread-safe.
 */
final class LastWords {
  private static final int LINES = 20;
  private static final int CHARACTERS = 2_000;

  private final Deque<String> lines = new ArrayDeque<>();

  synchronized void add(LogEntry entry) {
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    String text = entry.getSeverity() + " " + entry.getMessage();
    lines.addLast(
        Truncation.of(
            entry.getTrace().isEmpty() ? text : text + "\n" + entry.getTrace(), CHARACTERS));
  }

  /** The lines, the newest last; empty if nothing was said. */
  synchronized String text() {
    return String.join("\n", lines);
  }
}
