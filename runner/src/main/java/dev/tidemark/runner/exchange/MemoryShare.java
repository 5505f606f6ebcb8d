package dev.tidemark.runner.exchange;

/**
 * What one user takes of a budget that grows bit by bit: as much as is still free for others, and
 * no more. So one alone may have half of the budget, two that grow side by side a third each, and
 * there is always something left for who comes later; nobody has to take from anybody.
 *
 * <p>Owned by the lane.
 */
public final class MemoryShare {
  // A user that comes too late has so much of the budget all the same.
  private static final int LEAST_OF_BUDGET = 64;

  private final MemoryBudget budget;
  private final long least;
  private long used;

  MemoryShare(MemoryBudget budget) {
    this.budget = budget;
    this.least = budget.limit() / LEAST_OF_BUDGET;
  }

  /**
   * Tells how many bytes are in use now.
   *
   * @return whether that is all right; if not, the caller should put something on disk
   */
  public boolean resize(long bytes) {
    if (bytes != used) {
      budget.take(bytes - used);
      used = bytes;
    }
    return bytes <= least || bytes <= budget.free();
  }
}
