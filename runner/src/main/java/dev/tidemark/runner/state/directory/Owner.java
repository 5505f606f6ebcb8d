package dev.tidemark.runner.state.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A process that uses a directory.
 *
 * <p>Immutable.
 *
 * @param pid its number
 * @param startMillis when it was started, as numbers are given anew; 0 if not known
 */
record Owner(long pid, long startMillis) {

  static Owner current() {
    ProcessHandle process = ProcessHandle.current();
    return new Owner(
        process.pid(), process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
  }

  /** Returns null for a text that is none, as the process may have died while it wrote. */
  static @Nullable Owner parse(String text) {
    String[] words = text.strip().split(" ", -1);
    try {
      return words.length == 2
          ? new Owner(Long.parseLong(words[0]), Long.parseLong(words[1]))
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  String toText() {
    return pid + " " + startMillis + "\n";
  }

  boolean isThisProcess() {
    return equals(current());
  }
}
