package dev.tidemark.portability.environment.process;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The last lines that a process wrote.
 *
 * <p>Thread-safe.
 */
public final class LastWords {
  private static final int MAX_LINES = 30;
  private static final int MAX_CHARACTERS = 1000;

  private final Deque<String> lines = new ArrayDeque<>();

  /** Keeps a line, cut if it is long, in place of the oldest. */
  public synchronized void add(String line) {
    if (lines.size() == MAX_LINES) {
      lines.removeFirst();
    }
    lines.addLast(
        line.length() <= MAX_CHARACTERS ? line : line.substring(0, MAX_CHARACTERS) + "...");
  }

  /** The lines, the oldest first; empty if there was none. */
  @Override
  public synchronized String toString() {
    return String.join("\n", lines);
  }
}
