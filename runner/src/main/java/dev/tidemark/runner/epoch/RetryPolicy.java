package dev.tidemark.runner.epoch;

import org.jspecify.annotations.Nullable;

/**
 * Says whether a job goes on after a failure, and how long it waits before: twice as long after
 * each failure, up to a limit. A long time without a failure, and all before are forgotten.
 *
 * <p>Owned by one thread.
 */
final class RetryPolicy {
  private final int retries;
  private final long firstDelayMillis;
  private final long maxDelayMillis;
  private final long resetMillis;
  private int used;
  private int failuresInARow;

  /**
   * @param retries how often the job goes on
   * @param firstDelayMillis how long it waits after the first failure
   * @param maxDelayMillis how long it waits at most
   * @param resetMillis after which time without a failure those before are forgotten
   */
  RetryPolicy(int retries, long firstDelayMillis, long maxDelayMillis, long resetMillis) {
    this.retries = retries;
    this.firstDelayMillis = firstDelayMillis;
    this.maxDelayMillis = maxDelayMillis;
    this.resetMillis = resetMillis;
  }

  static RetryPolicy of(ExecutionOptions options) {
    return new RetryPolicy(
        options.getJobRetries(),
        options.getJobRetryDelayMillis(),
        options.getMaxJobRetryDelayMillis(),
        options.getJobRetryResetMillis());
  }

  /**
   * Tells how long the job has run; to be called when it failed, before all else.
   *
   * @return whether that was so long that earlier failures are forgotten
   */
  boolean ran(long millis) {
    boolean well = millis >= resetMillis;
    if (well) {
      used = 0;
      failuresInARow = 0;
    }
    return well;
  }

  /** The delay before the job goes on, in milliseconds; null if it has failed too often. */
  @Nullable Long retry() {
    if (used >= retries) {
      return null;
    }
    used++;
    return delay();
  }

  /** The delay after a failure that is one of an element, and no retry of the job. */
  long delay() {
    long delay = firstDelayMillis;
    for (int doubled = 0; doubled < failuresInARow && delay < maxDelayMillis; doubled++) {
      delay *= 2;
    }
    failuresInARow++;
    return Math.min(delay, maxDelayMillis);
  }

  /** What made the job fail is gone. */
  void relieved() {
    failuresInARow = 0;
  }

  /** How often it may still go on. */
  int left() {
    return retries - used;
  }
}
