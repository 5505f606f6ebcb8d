package dev.tidemark.runner.source;

import java.io.IOException;
import org.apache.beam.sdk.io.BoundedSource;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A reader at work on one piece of a bounded source.
 *
 * <p>Owned by the lane that reads, but for {@link #fractionConsumed} and {@link #splitRest}, which
 * other lanes may call at any time; Beam asks its readers to allow that.
 */
final class BoundedPieceReader {
  /** From here on the rest of a piece is not worth the opening of another reader. */
  private static final double NEARLY_DONE = 0.8;

  /** How far behind what is consumed the first try to cut is, of the whole piece. */
  private static final double NEAREST_CUT = 1.0 / (1 << 16);

  /** How much farther each next try is. */
  private static final int CUT_GROWTH = 4;

  private final BoundedSource.BoundedReader<Object> reader;
  private final Object splitting = new Object();
  private boolean started;
  private boolean closed;

  BoundedPieceReader(BoundedSource.BoundedReader<Object> reader) {
    this.reader = reader;
  }

  /** Moves to the next element; false at the end. */
  boolean next() throws IOException {
    if (started) {
      return reader.advance();
    }
    started = true;
    return reader.start();
  }

  Object current() {
    return reader.getCurrent();
  }

  Instant currentTimestamp() {
    return reader.getCurrentTimestamp();
  }

  /** From 0 to 1; 0 if the reader cannot tell. */
  double fractionConsumed() {
    Double fraction = reader.getFractionConsumed();
    return fraction == null || fraction.isNaN() ? 0 : Math.min(1, Math.max(0, fraction));
  }

  /**
   * Cuts what is left in two and gives the later half away.
   *
   * @return what this reader will no longer read, or null if it does not split
   */
  @Nullable BoundedSource<Object> splitRest() {
    synchronized (splitting) {
      if (closed) {
        return null;
      }
      return reader.splitAtFraction((1 + fractionConsumed()) / 2);
    }
  }

  /**
   * Cuts as closely behind what was read as the reader lets itself be cut. A split point may lie
   * far behind, and what a reader says of its progress is rough: so from near to far.
   *
   * @return what this reader will no longer read, or null if it does not split
   */
  @Nullable BoundedSource<Object> cutRest() {
    synchronized (splitting) {
      double consumed = fractionConsumed();
      double farthest = (1 + consumed) / 2;
      double cut = NEAREST_CUT;
      BoundedSource<Object> rest = null;
      while (rest == null && !closed && consumed + cut <= farthest) {
        rest = reader.splitAtFraction(consumed + cut);
        cut *= CUT_GROWTH;
      }
      return rest;
    }
  }

  /** Whether so little is left that it should be read rather than cut off. */
  boolean nearlyDone() {
    return fractionConsumed() >= NEARLY_DONE;
  }

  void close() throws IOException {
    synchronized (splitting) {
      closed = true;
    }
    reader.close();
  }
}
