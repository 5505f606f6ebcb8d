package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads pieces of a bounded source, one at a time, until there is no more work to get. Then its
 * watermark is at the end of time; before, at the beginning.
 *
 * <p>Under the streaming policy no piece is left half read at the end of a turn: the rest is cut
 * off and becomes a piece that nobody has begun. What a reader refuses to give away waits in the
 * source's cells; if there is no store for these, nothing could be resumed, and the reader stays
 * open for the next turn.
 *
 * <p>Owned by the lane.
 */
final class BoundedReadLane implements SourceLane {
  private final SourceContext context;
  private final BoundedWork work;
  private final int lane;
  private final @Nullable UnreadRest unread;
  private final @Nullable StoredPieces stored;
  private final Positions positions = new Positions();
  private @Nullable BoundedPieceReader reader;
  private volatile boolean done;

  private BoundedReadLane(
      SourceContext context, BoundedWork work, int lane, @Nullable KeyedCells cells) {
    this.context = context;
    this.work = work;
    this.lane = lane;
    this.unread =
        cells == null
            ? null
            : new UnreadRest(
                cells, LaneKeys.ownedBy(context.keyGroups(), lane), work.elementCoder());
    this.stored = cells == null ? null : new StoredPieces(context, cells, lane);
  }

  static BoundedReadLane create(SourceContext context, BoundedWork work, int lane) {
    IntFunction<KeyedCells> cells = context.storedCells();
    return new BoundedReadLane(
        context, work, lane, context.streaming() && cells != null ? cells.apply(lane) : null);
  }

  /** A lane that had come to the end takes no piece any more: it would be behind its watermark. */
  @Override
  public void restore(long watermarkMillis) {
    done = watermarkMillis >= Timestamps.MAX;
    if (unread != null) {
      unread.restore();
    }
    if (stored != null) {
      List<BoundedSource<Object>> pieces = stored.restore();
      if (stored.wasSplit() || !pieces.isEmpty()) {
        work.restore(lane, pieces);
      }
    }
  }

  @Override
  public void open() throws Exception {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(context.metrics());
    try {
      work.open(lane);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  @Override
  public boolean emit(OutputPort output, EmitBudget budget) throws Exception {
    if (done) {
      return false;
    }
    MetricsEnvironmentState metrics =
        MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    MetricsContainer before = metrics.activate(context.metrics());
    try {
      if (unread != null) {
        emitUnread(unread, output, budget);
      }
      long emitted = 0;
      while (!budget.spent()) {
        int run = emitRun(output, budget.stride());
        if (run == 0) {
          done = true;
          return false;
        }
        emitted += run;
        budget.spend(run);
      }
      if (context.streaming()) {
        leaveNoneHalfRead(output, emitted);
      }
      return true;
    } finally {
      metrics.activate(before);
    }
  }

  /** Emits whole chunks, the last of which may exceed the budget. */
  private void emitUnread(UnreadRest unread, OutputPort output, EmitBudget budget)
      throws Exception {
    while (!budget.spent() && !unread.isEmpty()) {
      for (TimestampedValue<Object> element : unread.removeChunk()) {
        budget.spendOne();
        output.accept(element.getValue(), positions.at(element.getTimestamp()));
      }
    }
  }

  /**
   * Emits elements of the piece in hand or the next one. They are few, so that the JVM compiles the
   * method for those to come, and need not replace a loop that does not end.
   *
   * @param most how many at most, 1 or more
   * @return how many; 0 if there is no more work
   */
  private int emitRun(OutputPort output, int most) throws Exception {
    int emitted = 0;
    while (emitted == 0) {
      BoundedPieceReader current = reader;
      if (current == null) {
        current = work.take();
        reader = current;
        if (current == null) {
          return 0;
        }
      }
      while (emitted < most && emitNextOf(current, output)) {
        emitted++;
      }
    }
    return emitted;
  }

  /** Emits the next element of a piece; at its end false, and {@link #reader} is gone. */
  private boolean emitNextOf(BoundedPieceReader current, OutputPort output) {
    Object value;
    WindowedValue<?> position;
    try {
      if (!current.next()) {
        reader = null;
        work.finished(current);
        return false;
      }
      value = current.current();
      position = positions.at(current.currentTimestamp());
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(context.node().fullName(), e);
    }
    output.accept(value, position);
    return true;
  }

  /**
   * Cuts the piece that is being read and comes to its end.
   *
   * @param most how many elements may be emitted on the way
   */
  private void leaveNoneHalfRead(OutputPort output, long most) throws Exception {
    BoundedPieceReader current = reader;
    if (current == null) {
      return;
    }
    if (current.nearlyDone() || work.cut(current, lane)) {
      for (long left = most; left > 0 && reader != null; left--) {
        emitNextOf(current, output);
      }
    }
    if (reader != null && unread != null) {
      putAside(current, unread);
    }
  }

  private void putAside(BoundedPieceReader current, UnreadRest unread) {
    try {
      unread.addAll(current);
      reader = null;
      work.finished(current);
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(context.node().fullName(), e);
    }
  }

  @Override
  public long watermark() {
    return done ? Timestamps.MAX : Timestamps.MIN;
  }

  @Override
  public boolean ready() {
    return !done;
  }

  @Override
  public Runnable seal() {
    if (stored != null) {
      stored.save(work.remainingOf(lane));
    }
    return () -> {};
  }

  /** Changes nothing: a bounded source comes to its end. */
  @Override
  public void drain() {}

  @Override
  public void close() throws Exception {
    BoundedPieceReader current = reader;
    reader = null;
    if (current != null) {
      work.finished(current);
    }
  }
}
