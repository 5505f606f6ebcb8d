package dev.tidemark.runner.state;

/**
 * How many timers the nodes of one lane have in memory, and may have: up to half of the lane's
 * budget.
 *
 * <p>Owned by the lane.
 */
final class TimerMemory {
  /** A rough number of bytes that a timer takes as objects. */
  private static final int TIMER_BYTES = 400;

  private static final int LEAST_PAGE = 8;
  private static final int MOST_PAGE = 4096;

  private final CacheBudget budget;
  private final int most;
  private int used;

  /**
   * Makes one.
   *
   * @param bytes of the lane's budget
   */
  TimerMemory(CacheBudget budget, long bytes) {
    this.budget = budget;
    this.most = (int) Math.min(Integer.MAX_VALUE, bytes / 2 / TIMER_BYTES);
  }

  void add() {
    used++;
    budget.use(TIMER_BYTES);
  }

  void remove(int timers) {
    used -= timers;
    budget.use(-(long) timers * TIMER_BYTES);
  }

  /** Whether another one fits. */
  boolean hasRoom() {
    return used < most;
  }

  /** How many timers may stay of a node that has so many: if some have to go, at most half. */
  int keep(int size) {
    return used <= most ? size : (int) ((long) size * (most / 2) / used);
  }

  /** Whether a node has so few timers that they will not soon be too many. */
  boolean areFew(int size) {
    return size <= most / 8;
  }

  /** How many timers to read at a time. */
  int page() {
    return Math.max(LEAST_PAGE, Math.min(MOST_PAGE, most / 8));
  }
}
