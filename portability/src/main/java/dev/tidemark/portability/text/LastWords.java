package dev.tidemark.portability.text;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The last things that a process or a worker said, for the report of its end.
 *
 * <p>Thread-safe.
 */
public final class LastWords {
  private final int most;
  private final int characters;
  private final Deque<String> entries = new ArrayDeque<>();

  /** Keeps so many entries of so many characters at the most. */
  public LastWords(int most, int characters) {
    this.most = most;
    this.characters = characters;
  }

  /** Keeps what was said, cut if it is long, in place of the oldest. */
  public synchronized void add(String said) {
    if (entries.size() == most) {
      entries.removeFirst();
    }
    entries.addLast(Truncation.head(said, characters));
  }

  /** What was said, the newest last, a line or more each; empty if nothing was. */
  @Override
  public synchronized String toString() {
    return String.join("\n", entries);
  }
}
