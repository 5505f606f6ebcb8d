package dev.tidemark.benchmarks.workloads;

/** {@link StartUp} by hand. Frozen. */
final class PlainStartUp {
  private PlainStartUp() {}

  static void run() {
    Checksum.add(Elements.mix(1) + Elements.mix(2) + Elements.mix(3), 3);
  }
}
