package dev.tidemark.runner.source;

/**
 * How much a source may emit in one turn.
 *
 * <p>Owned by the lane.
 */
public final class EmitBudget {
  private final long deadlineNanos;
  private long elements;
  private int untilClockCheck = 64;
  private boolean late;

  /**
   * Makes a budget.
   *
   * @param elements how many elements, {@link Long#MAX_VALUE} for no bound
   * @param nanos how long from now, {@link Long#MAX_VALUE} for no bound
   */
  public EmitBudget(long elements, long nanos) {
    this.elements = elements;
    this.deadlineNanos = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + nanos;
  }

  /** Takes note of one element; returns whether another may follow. */
  public boolean spendOne() {
    if (--elements <= 0) {
      return false;
    }
    if (deadlineNanos != Long.MAX_VALUE && --untilClockCheck == 0) {
      untilClockCheck = 64;
      late = System.nanoTime() - deadlineNanos > 0;
    }
    return !late;
  }

  /** Whether nothing is left. */
  public boolean spent() {
    return elements <= 0 || late;
  }
}
