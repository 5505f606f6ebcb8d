package dev.tidemark.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The same count as {@code dev.tidemark.examples.WordCount}, written by hand: one thread, a loop
 * and a hash map. What a runner costs is what it takes beyond this.
 */
public final class PlainWordCount {
  private PlainWordCount() {}

  /** Takes the file to read and the file to write. */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("Usage: PlainWordCount <input> <output>");
    }
    Map<String, long[]> counts = new HashMap<>();
    try (BufferedReader reader = Files.newBufferedReader(Path.of(args[0]))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        count(line, counts);
      }
    }
    try (BufferedWriter writer =
        Files.newBufferedWriter(Path.of(args[1]), StandardCharsets.UTF_8)) {
      for (Map.Entry<String, long[]> count : counts.entrySet()) {
        writer.write(count.getKey() + ": " + count.getValue()[0] + "\n");
      }
    }
  }

  private static void count(String line, Map<String, long[]> counts) {
    int start = -1;
    for (int at = 0; at <= line.length(); at++) {
      boolean inWord = at < line.length() && isWordCharacter(line, at);
      if (inWord && start < 0) {
        start = at;
      } else if (!inWord && start >= 0) {
        String word = line.substring(start, at).toLowerCase(Locale.ROOT);
        counts.computeIfAbsent(word, key -> new long[1])[0]++;
        start = -1;
      }
    }
  }

  private static boolean isWordCharacter(String line, int at) {
    char character = line.charAt(at);
    if (character != '\'') {
      return Character.isLetter(character);
    }
    return at > 0
        && at + 1 < line.length()
        && Character.isLetter(line.charAt(at - 1))
        && Character.isLetter(line.charAt(at + 1));
  }
}
