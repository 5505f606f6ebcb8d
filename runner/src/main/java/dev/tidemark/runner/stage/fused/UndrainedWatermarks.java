package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.stage.Timestamps;

/**
 * How far the watermarks of one node came by themselves, before a drain drove them on. A drain
 * drives a watermark where a source, or a splittable function, comes to its end while the job
 * drains; from there on it drives whatever follows it. Until then these are the watermarks
 * themselves.
 *
 * <p>Owned by the lane.
 */
final class UndrainedWatermarks {
  private final boolean mayEnd;
  private long input = Timestamps.MAX;
  private long output = Timestamps.MIN;

  /**
   * For one node.
   *
   * @param mayEnd whether a drain can bring the node itself to its end
   */
  UndrainedWatermarks(boolean mayEnd) {
    this.mayEnd = mayEnd;
  }

  /** Puts the output watermark where it was in an earlier run. */
  void resume(long outputMillis) {
    output = outputMillis;
  }

  /** Tells how far the inputs came without a drain. */
  void advanceInput(long undrainedMillis) {
    input = undrainedMillis;
  }

  /**
   * Tells where the output watermark is at the end of a round.
   *
   * @param draining whether the job drains
   * @param upstreamMillis the lowest watermark of the inputs
   * @param outputMillis the output watermark
   */
  void advanceOutput(boolean draining, long upstreamMillis, long outputMillis) {
    boolean ended = draining && mayEnd && outputMillis == Timestamps.MAX;
    if (upstreamMillis <= input && !(ended && output < Timestamps.MAX)) {
      output = outputMillis;
    }
  }

  /** How far the input watermark comes without a drain. */
  long input() {
    return input;
  }

  /** How far the output watermark came without a drain. */
  long output() {
    return output;
  }
}
