package dev.tidemark.runner.source;

import java.util.function.BooleanSupplier;

/**
 * How much a source may emit in one turn.
 *
 * <p>Owned by the lane.
 */
public final class EmitBudget {
  /** Every how many elements the clock and the space are looked at. */
  static final int LOOK_EVERY = 32;

  /** So that a source goes on also where another one always comes first, and fills all space. */
  static final int LEAST_ELEMENTS = 64;

  private final long deadlineNanos;
  private final BooleanSupplier full;
  private long elements;
  private int untilLook = LEAST_ELEMENTS;
  private boolean over;

  /**
   * Makes a budget.
   *
   * @param elements how many elements, {@link Long#MAX_VALUE} for no bound
   * @param nanos how long from now, {@link Long#MAX_VALUE} for no bound
   */
  public EmitBudget(long elements, long nanos) {
    this(elements, nanos, () -> false);
  }

  /**
   * Makes a budget that is spent as well when there is no place for more.
   *
   * @param full whether so much is on its way that those who take it should have their turn; asked
   *     every few elements but the first ones
   */
  public EmitBudget(long elements, long nanos, BooleanSupplier full) {
    this.full = full;
    this.elements = elements;
    this.deadlineNanos = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + nanos;
  }

  /** How many elements may be emitted before they are {@link #spend spent}; 0 if it is over. */
  public int stride() {
    return spent() ? 0 : (int) Math.min(elements, untilLook);
  }

  /** Takes note of one element; returns whether another may follow. */
  public boolean spendOne() {
    return spend(1);
  }

  /** Takes note of elements; returns whether others may follow. */
  public boolean spend(int count) {
    elements -= count;
    untilLook -= count;
    if (untilLook <= 0) {
      untilLook = LOOK_EVERY;
      over =
          (deadlineNanos != Long.MAX_VALUE && System.nanoTime() - deadlineNanos > 0)
              || full.getAsBoolean();
    }
    return !spent();
  }

  /** Whether nothing is left. */
  public boolean spent() {
    return elements <= 0 || over;
  }
}
