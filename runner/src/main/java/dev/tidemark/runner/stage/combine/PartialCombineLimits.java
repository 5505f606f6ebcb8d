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

  // One of many tables, each beside others of its lane, should not take more of the memory.
  private static final int BYTES_OF_MEMORY = 32;
  private static final int MEMORY_PER_ACCUMULATOR = 1024;

  /** The same for a job that has so much memory for all that it gathers, or less. */
  PartialCombineLimits within(long memoryBytes) {
    return new PartialCombineLimits(
        (int) Math.max(1, Math.min(accumulators, memoryBytes / MEMORY_PER_ACCUMULATOR)),
        Math.min(bytes, memoryBytes / BYTES_OF_MEMORY),
        elementsPerAccumulator,
        bypassedElements);
  }
}
