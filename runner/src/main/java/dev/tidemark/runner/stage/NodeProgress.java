package dev.tidemark.runner.stage;

/**
 * How far a node has come in one lane, in milliseconds of event time.
 *
 * <p>Immutable.
 *
 * @param inputMillis its effective input watermark
 * @param outputMillis its output watermark
 * @param undrainedMillis how far its output watermark came without a drain
 */
public record NodeProgress(long inputMillis, long outputMillis, long undrainedMillis) {
  /** Of a node that has not run. */
  public static final NodeProgress NONE =
      new NodeProgress(Timestamps.MIN, Timestamps.MIN, Timestamps.MIN);

  /** The lower watermarks of both. */
  public NodeProgress min(NodeProgress other) {
    return new NodeProgress(
        Math.min(inputMillis, other.inputMillis),
        Math.min(outputMillis, other.outputMillis),
        Math.min(undrainedMillis, other.undrainedMillis));
  }
}
