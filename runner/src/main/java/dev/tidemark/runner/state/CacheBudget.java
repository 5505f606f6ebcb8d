package dev.tidemark.runner.state;

/**
 * How much state one lane keeps in memory as objects, beside the overlays.
 *
 * <p>Owned by the lane.
 */
final class CacheBudget {
  private final long limit;
  private long used;

  /** Makes a budget of so many bytes, counted roughly. */
  CacheBudget(long limit) {
    this.limit = limit;
  }

  void use(long bytes) {
    used += bytes;
  }

  boolean exceeded() {
    return used > limit;
  }

  void reset() {
    used = 0;
  }

  long used() {
    return used;
  }
}
