package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StagePolicy;

/**
 * The bundles of one node: started when there is something for it, finished when one is full, has
 * lasted its time, or the round ends.
 *
 * <p>Owned by the lane.
 */
final class Bundle {
  /** Every how many elements the clock and the cancellation are looked at. */
  private static final int CHECK_EVERY = 64;

  private final NodeProcessor processor;
  private final StageContext stage;
  private boolean open;

  /** How many elements were admitted, or will be without a check. */
  private int elements;

  /** How many of those are still to come. */
  private int uncheckedLeft;

  private long deadlineNanos;

  Bundle(NodeProcessor processor, StageContext stage) {
    this.processor = processor;
    this.stage = stage;
  }

  /**
   * Takes one element or timer, if it can be known without a look at anything that there is room.
   */
  boolean admitAtOnce() {
    if (uncheckedLeft == 0) {
      return false;
    }
    uncheckedLeft--;
    return true;
  }

  /** Makes room for one element or timer; returns whether that finished a bundle. */
  boolean admit() throws Exception {
    if (admitAtOnce()) {
      return false;
    }
    boolean finished = false;
    if (open && isOver()) {
      finish();
      finished = true;
    }
    start();
    int unchecked = Math.max(1, Math.min(CHECK_EVERY, stage.policy().maxBundleSize() - elements));
    elements += unchecked;
    uncheckedLeft = unchecked - 1;
    return finished;
  }

  private boolean isOver() throws InterruptedException {
    checkCancelled();
    return elements >= stage.policy().maxBundleSize() || System.nanoTime() - deadlineNanos > 0;
  }

  /** Starts a bundle if none is open. */
  void start() throws Exception {
    if (!open) {
      StagePolicy policy = stage.policy();
      open = true;
      elements = 0;
      deadlineNanos = System.nanoTime() + policy.maxBundleMillis() * 1_000_000L;
      processor.startBundle();
    }
  }

  /** Finishes the bundle, if one is open. */
  void finish() throws Exception {
    if (open) {
      uncheckedLeft = 0;
      processor.finishBundle();
      open = false;
    }
  }

  /** Leaves the work at hand if the job was cancelled. */
  void checkCancelled() throws InterruptedException {
    if (stage.cancelled()) {
      throw new InterruptedException("the job was cancelled");
    }
  }
}
