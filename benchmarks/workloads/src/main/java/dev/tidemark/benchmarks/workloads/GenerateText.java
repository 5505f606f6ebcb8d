package dev.tidemark.benchmarks.workloads;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Writes a text of a given size: the lines of another one, again and again, in another order each
 * time. The same arguments give the same bytes.
 */
public final class GenerateText {
  private GenerateText() {}

  /** Takes the file to read, the file to write and how many bytes, rounded up to whole lines. */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: GenerateText <input> <output> <bytes>");
    }
    List<byte[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      lines.add((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    long left = Long.parseLong(args[2]);
    Random random = new Random(1611);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(args[1])))) {
      while (left > 0) {
        Collections.shuffle(lines, random);
        for (byte[] line : lines) {
          out.write(line);
          left -= line.length;
          if (left <= 0) {
            break;
          }
        }
      }
    }
  }
}
