package dev.tidemark.runner.stage.combine;

/**
 * How much a {@link PartialCombineProcessor} keeps.
 *
 * <p>Immutable.
 *
 * @param accumulators how many accumulators at most
 * @param bytes how large they may be together, encoded; an estimate
 * @param elementsPerAccumulator how many elements a full table must have combined into each
 *     accumulator, on average, to be of use
 * @param bypassedElements how many elements go by without a table when it was of no use
 */
record PartialCombineLimits(
    int accumulators, long bytes, double elementsPerAccumulator, int bypassedElements) {
  /** What a job uses. */
  static final PartialCombineLimits USUAL =
      new PartialCombineLimits(100_000, 64L << 20, 1.2, 1_000_000);
}
