package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.TransformException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left to read of one bounded source: pieces that nobody has begun, and the readers at work
 * on the others, of which an idle lane may take a part.
 *
 * <p>Thread-safe. Shared by the lanes of one node.
 */
final class BoundedWork {
  private static final Logger LOG = LoggerFactory.getLogger(BoundedWork.class);

  private static final int PIECES_PER_LANE = 4;
  private static final long MIN_PIECE_BYTES = 1L << 20;

  private final SourceContext context;
  private final BoundedSource<Object> source;
  private final Deque<BoundedSource<Object>> pieces = new ArrayDeque<>();
  private final List<BoundedPieceReader> active = new ArrayList<>();
  private boolean split;

  BoundedWork(SourceContext context, BoundedSource<Object> source) {
    this.context = context;
    this.source = source;
  }

  /** Splits the source, in the first lane that calls. */
  synchronized void open() throws Exception {
    if (split) {
      return;
    }
    try {
      source.validate();
      pieces.addAll(source.split(desiredPieceBytes(), context.options()));
    } catch (Exception | LinkageError e) {
      throw TransformException.of(context.node().fullName(), e);
    }
    split = true;
  }

  /**
   * A few pieces a lane, so that the last ones are short, where they are big enough to be worth
   * their opening; else one a lane.
   */
  private long desiredPieceBytes() throws Exception {
    long bytes = source.getEstimatedSizeBytes(context.options());
    if (bytes <= 0) {
      return MIN_PIECE_BYTES;
    }
    long small = bytes / ((long) context.lanes() * PIECES_PER_LANE);
    return small >= MIN_PIECE_BYTES ? small : Math.max(1, bytes / context.lanes());
  }

  /**
   * Takes a piece: one that nobody has begun, or the rest of one that another lane is reading.
   *
   * @return a reader that the caller must {@link #finished close}, or null if there is nothing to
   *     take
   */
  synchronized @Nullable BoundedPieceReader take() throws Exception {
    BoundedSource<Object> piece = pieces.poll();
    if (piece == null) {
      piece = takeFromBusiest();
    }
    if (piece == null) {
      return null;
    }
    BoundedPieceReader reader;
    try {
      reader = new BoundedPieceReader(piece.createReader(context.options()));
    } catch (Exception | LinkageError e) {
      throw TransformException.of(context.node().fullName(), e);
    }
    active.add(reader);
    return reader;
  }

  private @Nullable BoundedSource<Object> takeFromBusiest() {
    List<BoundedPieceReader> byProgress = new ArrayList<>(active);
    byProgress.sort(Comparator.comparingDouble(BoundedPieceReader::fractionConsumed));
    for (BoundedPieceReader reader : byProgress) {
      BoundedSource<Object> residual = unlessItFails(reader::splitRest);
      if (residual != null) {
        return residual;
      }
    }
    return null;
  }

  /** Closes a reader that {@link #take} gave. */
  void finished(BoundedPieceReader reader) throws Exception {
    synchronized (this) {
      active.remove(reader);
    }
    reader.close();
  }

  /**
   * Makes what is left of {@code reader}'s piece one that nobody has begun, as far as the reader
   * can be cut; it then soon comes to its end.
   *
   * @return whether it was cut
   */
  synchronized boolean cut(BoundedPieceReader reader) {
    BoundedSource<Object> rest = unlessItFails(reader::cutRest);
    if (rest == null) {
      return false;
    }
    pieces.addFirst(rest);
    return true;
  }

  /**
   * What a split gives away. One that throws has split nothing, and nothing depends on it: Beam's
   * own readers may do so when they come to their end meanwhile.
   */
  private @Nullable BoundedSource<Object> unlessItFails(
      Supplier<@Nullable BoundedSource<Object>> split) {
    try {
      return split.get();
    } catch (RuntimeException e) {
      LOG.warn(
          "{}: its reader failed to split; it is read on as it is", context.node().fullName(), e);
      return null;
    }
  }

  /**
   * The pieces that nobody has begun; the whole source before it is split. Each can be read on its
   * own, by whatever lane of whatever run.
   */
  synchronized List<BoundedSource<Object>> remaining() {
    return split ? List.copyOf(pieces) : List.of(source);
  }

  /** How to write down an element of the source. */
  Coder<Object> elementCoder() {
    return source.getOutputCoder();
  }
}
