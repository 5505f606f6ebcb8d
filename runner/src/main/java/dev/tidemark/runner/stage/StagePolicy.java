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
 */
public record StagePolicy(
    boolean streaming,
    int maxBundleSize,
    long maxBundleMillis,
    long maxProcessMillis,
    boolean checkMutations,
    boolean inlineSplittable) {}
