package dev.tidemark.runner.faults;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a {@link RecordedStore} has said up to some point.
 *
 * <p>Owned by one thread.
 */
final class SaidSoFar {
  private final Map<String, Long> begun = new HashMap<>();
  private final Map<String, Long> done = new HashMap<>();
  private final Map<String, Long> snapshots = new HashMap<>();
  private final Set<String> removing = new HashSet<>();

  void hear(String line) {
    String[] words = line.strip().split(" ", -1);
    switch (words[0]) {
      case "begin" -> begun.put(words[1], Long.parseLong(words[2]));
      case "done" -> done.put(words[1], Long.parseLong(words[2]));
      case "snapshot" -> snapshots.put(words[1], Long.parseLong(words[2]));
      case "removing" -> removing.add(words[1]);
      default -> throw new IllegalArgumentException(line);
    }
  }

  /** The last epoch that a directory must have; 0 if there need not be any. */
  long committed(String directory) {
    return done.getOrDefault(directory, 0L);
  }

  /** The last epoch that a directory may have. */
  long begun(String directory) {
    return Math.max(committed(directory), begun.getOrDefault(directory, 0L));
  }

  /** The snapshots that must be there, with their epochs. */
  Map<String, Long> snapshots() {
    Map<String, Long> there = new HashMap<>(snapshots);
    there.keySet().removeAll(removing);
    return there;
  }
}
