package dev.tidemark.runner.kill;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was there in the end, against the answer.
 *
 * <p>Immutable.
 *
 * @param lines how many lines there had to be
 * @param lost how many of them are not there
 * @param duplicated how many are there once too often, counted each time
 * @param wrong how many are there that should not be
 * @param examples some of what is not right
 */
record Outcome(long lines, long lost, long duplicated, long wrong, List<String> examples) {
  private static final int EXAMPLES = 10;

  /** Reads the files that the job has written. */
  static Outcome of(Path files, Map<String, Integer> answer) throws IOException {
    Map<String, Integer> found = new HashMap<>();
    try (DirectoryStream<Path> written = Files.newDirectoryStream(files, "lines*")) {
      for (Path file : written) {
        Files.readAllLines(file).forEach(line -> found.merge(line, 1, Integer::sum));
      }
    }
    return compare(found, answer);
  }

  static Outcome compare(Map<String, Integer> found, Map<String, Integer> answer) {
    long lines = 0;
    long lost = 0;
    long duplicated = 0;
    long wrong = 0;
    List<String> examples = new ArrayList<>();
    for (Map.Entry<String, Integer> line : answer.entrySet()) {
      int times = found.getOrDefault(line.getKey(), 0);
      lines += line.getValue();
      lost += Math.max(0, line.getValue() - times);
      duplicated += Math.max(0, times - line.getValue());
      if (times != line.getValue()) {
        example(examples, line.getKey() + " is there " + times + " times");
      }
    }
    for (Map.Entry<String, Integer> line : found.entrySet()) {
      if (!answer.containsKey(line.getKey())) {
        wrong += line.getValue();
        example(examples, line.getKey() + " should not be there");
      }
    }
    return new Outcome(lines, lost, duplicated, wrong, examples);
  }

  private static void example(List<String> examples, String example) {
    if (examples.size() < EXAMPLES) {
      examples.add(example);
    }
  }

  boolean isRight() {
    return lost == 0 && duplicated == 0 && wrong == 0;
  }

  @Override
  public String toString() {
    return lines
        + " lines: "
        + lost
        + " lost, "
        + duplicated
        + " duplicated, "
        + wrong
        + " wrong"
        + (examples.isEmpty() ? "" : "\n  " + String.join("\n  ", examples));
  }
}
