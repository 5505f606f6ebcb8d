package dev.tidemark.benchmarks.workloads;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;

/** Three elements: what it takes to start and to end. */
final class StartUp {
  private StartUp() {}

  static void build(Pipeline pipeline) {
    pipeline.apply("Elements", Create.of(1L, 2L, 3L)).apply("Checksum", Checksum.of(Elements::mix));
  }
}
