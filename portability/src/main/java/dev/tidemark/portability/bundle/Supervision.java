package dev.tidemark.portability.bundle;

import java.time.Duration;

/**
 * How closely bundles are watched while they run. All times count only while the lane waits for the
 * bundle.
 *
 * <p>Immutable.
 *
 * @param progress how often a worker is asked how far a bundle has come
 * @param silence how long it may leave that unanswered, and say nothing else of the bundle, until
 *     it is given up; zero for any time
 * @param slow after how long a bundle that still runs is reported, and again whenever that time has
 *     doubled
 * @param limit how long a bundle may run; zero for any time
 */
public record Supervision(Duration progress, Duration silence, Duration slow, Duration limit) {

  /** What suits most jobs: functions may take any time. */
  public static final Supervision DEFAULT =
      new Supervision(
          Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ZERO);

  public Supervision {
    if (progress.toNanos() < 1 || slow.toNanos() < 1) {
      throw new IllegalArgumentException("times of supervision are at least a nanosecond");
    }
    if (silence.isNegative() || limit.isNegative()) {
      throw new IllegalArgumentException("limits are zero or more");
    }
  }
}
