package dev.tidemark.benchmarks.streaming;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** This process: what it took, and what it prints, a name and a number a line. */
final class Process {
  private Process() {}

  /** The processor time that it has taken, in nanoseconds. */
  static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Prints a figure. */
  static void report(String name, double value) {
    System.out.printf(Locale.ROOT, "%s %.4f%n", name, value);
  }
}
