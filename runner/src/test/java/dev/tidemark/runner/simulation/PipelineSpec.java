package dev.tidemark.runner.simulation;

import java.util.List;
import java.util.Optional;

/**
 * A random pipeline, as data: source, steps, windows, steps, aggregation, perhaps a second
 * aggregation of the results.
 *
 * @param seed what {@link RandomPipeline} made it of
 * @param timeline what the source does
 * @param before steps before the windows are assigned
 * @param windowing the windows
 * @param after steps after that
 * @param aggregation the grouping
 * @param second a second one
 */
record PipelineSpec(
    long seed,
    Timeline timeline,
    List<Step> before,
    Windowing windowing,
    List<Step> after,
    Aggregation aggregation,
    Optional<Second> second) {

  /**
   * Combines the numbers that the first aggregation has put out, by a coarser key in the same
   * windows.
   */
  record Second(int modulus, Aggregation.Combine combine) {
    int key(int firstKey) {
      return Math.floorMod(firstKey, modulus);
    }
  }

  /** How the parts of the last aggregation are put together. */
  Aggregation.Reassembly reassembly() {
    Aggregation last = second.<Aggregation>map(Second::combine).orElse(aggregation);
    return last.reassembly(windowing.accumulating());
  }
}
