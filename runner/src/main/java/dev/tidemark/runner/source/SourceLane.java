package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.OutputPort;

/**
 * Feeds one source node in one lane.
 *
 * <p>Owned by the lane, but for {@link #ready}, which the driver calls between sweeps. Sources that
 * may block run on threads of their own ahead of the sweep and hand complete slices over here.
 */
public interface SourceLane extends AutoCloseable {

  /**
   * Called in a job that keeps its state, and goes on from it, on the lane's thread and before all
   * else: reads what the cells of this lane say. All lanes of a source have done so before the
   * first of them opens.
   *
   * @param watermarkMillis how far the source had come in this lane; where there were other lanes,
   *     the lowest of those whose keys are this one's
   */
  default void restore(long watermarkMillis) throws Exception {}

  /** Called once, before all else but {@link #restore}, on the lane's thread. */
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
   * its commit, and so has to be all that the source needs to go on from here. Returns what to run
   * once it is committed, in the order of the epochs, on the committer's thread.
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
