package dev.tidemark.runner.stage;

/**
 * Policies of a job, as operators see them.
 *
 * <p>Immutable.
 *
 * @param streaming whether results are wanted before the inputs end
 * @param maxBundleSize how many elements a bundle holds at most
 * @param maxBundleMillis how long a bundle lasts at most, in milliseconds
 * @param maxProcessMillis how long one call of a splittable function should take at most under
 *     streaming, in milliseconds
 * @param checkMutations whether to find functions that mutate their input
 * @param inlineSplittable whether unbounded splittable functions run on the lane's thread, as
 *     deterministic runs want it, rather than ahead of the sweep
 * @param processingTime whether a timer or a trigger of the job goes by processing time
 * @param maxTimersPerRound how many event timers of one node and lane fire at most in one round: a
 *     million windows may end at once, and what they change should neither delay the epoch nor be
 *     in memory as a whole, nor what they emit pile up before the next stage
 */
public record StagePolicy(
    boolean streaming,
    int maxBundleSize,
    long maxBundleMillis,
    long maxProcessMillis,
    boolean checkMutations,
    boolean inlineSplittable,
    boolean processingTime,
    int maxTimersPerRound) {
  private static final int STREAMING_TIMERS = 10_000;

  /** A policy that spreads timers over rounds when results are wanted before the inputs end. */
  public StagePolicy(
      boolean streaming,
      int maxBundleSize,
      long maxBundleMillis,
      long maxProcessMillis,
      boolean checkMutations,
      boolean inlineSplittable,
      boolean processingTime) {
    this(
        streaming,
        maxBundleSize,
        maxBundleMillis,
        maxProcessMillis,
        checkMutations,
        inlineSplittable,
        processingTime,
        streaming ? STREAMING_TIMERS : Integer.MAX_VALUE);
  }

  /** The same policy with at most so many timers in a round. */
  public StagePolicy withTimersPerRound(int most) {
    return new StagePolicy(
        streaming,
        maxBundleSize,
        maxBundleMillis,
        maxProcessMillis,
        checkMutations,
        inlineSplittable,
        processingTime,
        Math.min(most, maxTimersPerRound));
  }
}
