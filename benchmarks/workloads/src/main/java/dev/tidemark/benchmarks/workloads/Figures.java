package dev.tidemark.benchmarks.workloads;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints what a program found and took, a name and a number a line. */
final class Figures {
  private static final double SECOND = 1e9;

  private final Size size;
  private final long start = System.nanoTime();

  Figures(Size size) {
    this.size = size;
  }

  /** Prints the figures of the time since this was made, and the checksum. */
  void print() {
    long end = System.nanoTime();
    // Unsigned, so that it reads the same in every program.
    System.out.println("checksum " + Long.toUnsignedString(Checksum.sum()));
    System.out.println("results " + Checksum.results());
    System.out.println("elements " + elements());
    System.out.println("job_seconds " + (end - start) / SECOND);
    System.out.println("peak_resident_kilobytes " + peakResidentKilobytes());
    System.out.flush();
  }

  /** How many elements, or bytes of text, there were. */
  private long elements() {
    String file = size.file();
    try {
      return file == null ? size.elements() : Files.size(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long peakResidentKilobytes() {
    Path status = Path.of("/proc/self/status");
    try {
      return !Files.exists(status)
          ? 0
          : Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
