package dev.tidemark.runner.progress;

import java.util.Arrays;

/**
 * The minimum over the watermarks of several inputs: the upstreams of a node, or the lanes of one.
 * Each update costs {@code O(log n)}, the minimum is kept at hand.
 *
 * <p>Owned by one thread.
 */
public final class Frontier {
  private final long[] watermarks;
  private final HoldSet ordered = new HoldSet();

  /**
   * Makes a frontier with all inputs at {@code startMillis}.
   *
   * @param inputs how many there are; the minimum over none is {@link HoldSet#NONE}
   */
  public Frontier(int inputs, long startMillis) {
    watermarks = new long[inputs];
    Arrays.fill(watermarks, startMillis);
    for (int i = 0; i < inputs; i++) {
      ordered.add(startMillis);
    }
  }

  /**
   * Moves one input to {@code watermarkMillis}. An input never goes back: a lower value than it had
   * is ignored, because some sources report such values.
   *
   * @return whether the minimum moved
   */
  public boolean update(int input, long watermarkMillis) {
    long before = watermarks[input];
    if (watermarkMillis <= before) {
      return false;
    }
    watermarks[input] = watermarkMillis;
    long minBefore = ordered.min();
    ordered.move(before, watermarkMillis);
    return ordered.min() != minBefore;
  }

  /** The watermark of one input. */
  public long get(int input) {
    return watermarks[input];
  }

  /** The lowest watermark of all inputs. */
  public long min() {
    return ordered.min();
  }

  @Override
  public String toString() {
    return min() + " of " + Arrays.toString(watermarks);
  }
}
