package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.OutputPort;

/**
 * Feeds one source node in one lane.
 *
 * <p>Owned by the lane, but for {@link #ready}, which the driver calls between sweeps. Sources that
 * may block run on threads of their own ahead of the sweep and hand complete slices over here.
 */
public interface SourceLane extends AutoCloseable {

  /** Called once, before all else, on the lane's thread. */
  void open() throws Exception;

  /**
   * Emits what is ready, until {@code budget} is spent.
   *
   * @return whether more is ready now
   */
  boolean emit(OutputPort output, EmitBudget budget) throws Exception;

  /** The watermark after the last {@link #emit}: {@code Timestamps.MAX} when all was emitted. */
  long watermark();

  /** Whether {@link #emit} would emit something or the watermark would move. From any thread. */
  boolean ready();

  /**
   * Called on the lane's thread when the epoch is sealed: what was emitted up to now is covered by
   * its commit. Returns what to run once it is committed, in the order of the epochs, on the
   * committer's thread.
   */
  Runnable seal() throws Exception;

  /**
   * Stops reading what has no end of its own; what has one is read to it. Then the watermark goes
   * to the end of time. From any thread.
   */
  void drain();

  /** Closes readers and ends threads. Called exactly once, also after a failure. */
  @Override
  void close() throws Exception;
}
