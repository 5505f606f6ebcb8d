package dev.tidemark.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads what a pipeline has written. */
final class OutputFiles {
  private OutputFiles() {}

  /** All lines of the files in a directory, in no particular order. */
  static List<String> lines(Path directory) {
    List<String> lines = new ArrayList<>();
    byFile(directory).values().forEach(lines::addAll);
    return lines;
  }

  /** The lines of each file in a directory. */
  static Map<String, List<String>> byFile(Path directory) {
    Map<String, List<String>> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(path.getFileName().toString(), Files.readAllLines(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
