package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many tests of each category the other runners of Beam leave out, from a file of four columns
 * with tabs between: class, method, categories, runners. Immutable.
 *
 * @param excluded runner and category to count
 */
record OtherRunners(Map<List<String>, Integer> excluded) {

  OtherRunners {
    excluded = Map.copyOf(excluded);
  }

  /** Reads {@code file}; lines that start with {@code #} are comments. */
  static OtherRunners read(Path file) throws IOException {
    Map<List<String>, Integer> excluded = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split("\t");
      for (String category : fields[2].split(",")) {
        for (String runner : fields[3].split(",")) {
          excluded.merge(List.of(runner, category), 1, Integer::sum);
        }
      }
    }
    return new OtherRunners(excluded);
  }

  int count(String runner, String category) {
    return excluded.getOrDefault(List.of(runner, category), 0);
  }
}
