package dev.tidemark.runner.stage.durable;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Up to which number the batches of elements are committed.
 *
 * <p>Thread-safe: the thread that commits tells it, the lane asks.
 */
final class CommittedBatches {
  private final AtomicLong last;

  /** All up to {@code last} are. */
  CommittedBatches(long last) {
    this.last = new AtomicLong(last);
  }

  /** All up to {@code batch} are. */
  void upTo(long batch) {
    last.accumulateAndGet(batch, Math::max);
  }

  long last() {
    return last.get();
  }
}
