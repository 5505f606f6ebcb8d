package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.TransformException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final List<BoundedPieceReader> active = new ArrayList<>();
  private boolean split;

  /** A piece that nobody has begun, and the lane that made it. */
  private record Piece(BoundedSource<Object> source, int lane) {}

  BoundedWork(SourceContext context, BoundedSource<Object> source) {
    this.context = context;
    this.source = source;
  }

  /** Tells what a lane found in its state: that the source was split, and these pieces of it. */
  synchronized void restore(int lane, List<BoundedSource<Object>> found) {
    found.forEach(piece -> pieces.add(new Piece(piece, lane)));
    split = true;
  }

  /** Splits the source, in the first lane that calls, unless an earlier run did. */
  synchronized void open(int lane) throws Exception {
    if (split) {
      return;
    }
    try {
      source.validate();
      for (BoundedSource<Object> piece : source.split(desiredPieceBytes(), context.options())) {
        pieces.add(new Piece(piece, lane));
      }
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
    Piece next = pieces.poll();
    BoundedSource<Object> piece = next == null ? takeFromBusiest() : next.source();
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
   * @param lane the lane that reads it
   * @return whether it was cut
   */
  synchronized boolean cut(BoundedPieceReader reader, int lane) {
    BoundedSource<Object> rest = unlessItFails(reader::cutRest);
    if (rest == null) {
      return false;
    }
    pieces.addFirst(new Piece(rest, lane));
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
    return split ? pieces.stream().map(Piece::source).toList() : List.of(source);
  }

  /** Those of the pieces that nobody has begun that {@code lane} made, by identity. */
  synchronized Set<BoundedSource<Object>> remainingOf(int lane) {
    Set<BoundedSource<Object>> ofLane = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Piece piece : pieces) {
      if (piece.lane() == lane) {
        ofLane.add(piece.source());
      }
    }
    return ofLane;
  }

  /** How to write down an element of the source. */
  Coder<Object> elementCoder() {
    return source.getOutputCoder();
  }
}
