package dev.tidemark.runner.progress;

/**
 * The two watermarks of one node. Both only ever move forward, and the output is never ahead of the
 * input.
 *
 * <p>Owned by one thread.
 */
public final class NodeWatermarks {
  private long input;
  private long output;

  /** Makes both watermarks stand at {@code startMillis}. */
  public NodeWatermarks(long startMillis) {
    this(startMillis, startMillis);
  }

  /**
   * Restores watermarks.
   *
   * @throws IllegalArgumentException if the output is ahead of the input
   */
  public NodeWatermarks(long inputMillis, long outputMillis) {
    if (outputMillis > inputMillis) {
      throw new IllegalArgumentException(
          "output watermark " + outputMillis + " is ahead of the input watermark " + inputMillis);
    }
    this.input = inputMillis;
    this.output = outputMillis;
  }

  /**
   * Moves the effective input watermark: everything before it has been handed to the node.
   *
   * @param upstreamMillis the lowest output watermark of what feeds the node
   * @param pendingMillis the earliest element that has come but waits before the node (for a side
   *     input, in a durable edge, in an unread buffer), or {@link HoldSet#NONE}
   * @return the effective input watermark, which stays where it was if these are earlier
   */
  public long advanceInput(long upstreamMillis, long pendingMillis) {
    input = Math.max(input, Math.min(upstreamMillis, pendingMillis));
    return input;
  }

  /**
   * Moves the output watermark: nothing before it comes out of the node any more.
   *
   * @param holdMillis the earliest hold of the node's state and timers, or {@link HoldSet#NONE}
   * @param residualMillis the earliest time that other unfinished work of the node may still emit,
   *     or {@link HoldSet#NONE}
   * @return the output watermark, which stays where it was if these are earlier
   */
  public long advanceOutput(long holdMillis, long residualMillis) {
    output = Math.max(output, Math.min(input, Math.min(holdMillis, residualMillis)));
    return output;
  }

  /** The effective input watermark. */
  public long input() {
    return input;
  }

  /** The output watermark. */
  public long output() {
    return output;
  }

  @Override
  public String toString() {
    return "in " + input + ", out " + output;
  }
}
