package dev.tidemark.portability.bundle;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.DelayedBundleApplication;

/**
 * Cuts one try of a bundle short, as often as it takes: asks the worker to split off all that it
 * has not begun, and what it can of the restriction in hand.
 *
 * <p>Owned by the lane.
 */
final class Checkpoint {
  private final String source;
  private final long intervalNanos;
  private final List<DelayedBundleApplication> residuals = new ArrayList<>();
  private long nextNanos;
  private long firstResidual = Long.MAX_VALUE;

  /**
   * Splits when {@code intervalNanos} have passed, and again if the worker has not come to it.
   *
   * @param source the node through which the input comes
   */
  Checkpoint(String source, long intervalNanos) {
    this.source = source;
    this.intervalNanos = intervalNanos;
    this.nextNanos = System.nanoTime() + intervalNanos;
  }

  /** How long to wait for an event; at least one unit, so that one that is there is taken. */
  long nanosLeft() {
    return Math.max(1, nextNanos - System.nanoTime());
  }

  /** Whether it is time to ask. */
  boolean isDue() {
    return System.nanoTime() - nextNanos >= 0;
  }

  /** Asks. */
  BeamFnApi.ProcessBundleSplitRequest request(String instruction, long elements) {
    nextNanos = System.nanoTime() + intervalNanos;
    return InputSplit.request(instruction, source, 0, elements);
  }

  void split(BeamFnApi.ProcessBundleSplitResponse response) {
    nextNanos = System.nanoTime() + intervalNanos;
    residuals.addAll(response.getResidualRootsList());
    InputSplit split = InputSplit.of(response, source);
    if (split != null) {
      if (split.given() > firstResidual) {
        throw new IllegalArgumentException("a split has taken back what another had given away");
      }
      firstResidual = split.given();
    }
  }

  /** Whether the worker will do nothing of a chunk. */
  boolean isResidual(BundleInput.Chunk chunk) {
    return chunk instanceof BundleInput.Chunk.Data data && data.first() >= firstResidual;
  }

  /** The number of the first element that the worker does nothing of; the greatest long if none. */
  long firstResidual() {
    return firstResidual;
  }

  /** What was split off of elements in hand. */
  List<DelayedBundleApplication> residuals() {
    return residuals;
  }
}
