package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.jspecify.annotations.Nullable;

/**
 * Emits the slices that the readers of one lane have read ahead. A slice is emitted as a whole, so
 * that its checkpoint mark tells exactly what an epoch holds; a budget may be exceeded by the rest
 * of one.
 *
 * <p>Owned by the lane.
 */
final class UnboundedReadLane implements SourceLane {
  private final SourceContext context;
  private final UnboundedReadSource source;
  private final int lane;
  private final @Nullable StoredSplits stored;
  private final @Nullable KeptIds keptIds;
  private final Positions positions = new Positions();
  private volatile List<SplitReader> readers = List.of();
  private volatile boolean draining;
  private volatile long watermark = Timestamps.MIN;
  private List<CheckpointMark> marks = new ArrayList<>();
  private int nextReader;

  UnboundedReadLane(SourceContext context, UnboundedReadSource source, int lane) {
    this.context = context;
    this.source = source;
    this.lane = lane;
    IntFunction<KeyedCells> cells = context.storedCells();
    this.stored = cells == null ? null : new StoredSplits(context, cells.apply(lane));
    this.keptIds =
        cells == null || source.recentIds() == null
            ? null
            : new KeptIds(
                cells.apply(lane), LaneKeys.ownedBy(context.keyGroups(), lane), context.clock());
  }

  @Override
  public void restore(long watermarkMillis) throws Exception {
    if (stored != null) {
      stored.restore().forEach(source::restored);
    }
    RecentIds ids = source.recentIds();
    if (keptIds != null && ids != null) {
      keptIds.restore(ids);
    }
  }

  @Override
  public void open() {
    readers = source.readersOf(lane);
    if (draining) {
      readers.forEach(SplitReader::drain);
    }
    readers.forEach(SplitReader::start);
    watermark = lowestWatermark();
  }

  @Override
  public boolean emit(OutputPort output, EmitBudget budget) throws InterruptedException {
    int idle = 0;
    while (idle < readers.size() && !budget.spent()) {
      SplitReader reader = readers.get(nextReader);
      nextReader = (nextReader + 1) % readers.size();
      Slice slice = reader.poll();
      if (slice == null) {
        idle++;
      } else {
        idle = 0;
        long start = System.nanoTime();
        emit(slice, reader, output, budget);
        reader.tookNanos(slice.size(), System.nanoTime() - start);
      }
    }
    watermark = lowestWatermark();
    return readers.stream().anyMatch(SplitReader::hasSlice);
  }

  private void emit(Slice slice, SplitReader reader, OutputPort output, EmitBudget budget) {
    for (int i = 0; i < slice.size(); i++) {
      if (slice.ids().isEmpty() || isFirst(reader, slice.ids().get(i))) {
        output.accept(slice.values().get(i), positions.at(slice.timestamps().get(i)));
      }
      budget.spendOne();
    }
    marks.add(slice.mark());
    reader.emitted(slice);
  }

  private boolean isFirst(SplitReader reader, byte[] id) {
    if (keptIds != null) {
      keptIds.add(id);
    }
    return reader.deduplicator().isFirst(id);
  }

  private long lowestWatermark() {
    long lowest = Timestamps.MAX;
    for (SplitReader reader : readers) {
      lowest = Math.min(lowest, reader.emittedWatermark());
    }
    return Math.max(watermark, lowest);
  }

  @Override
  public long watermark() {
    return watermark;
  }

  @Override
  public boolean ready() {
    return readers.stream().anyMatch(SplitReader::ready);
  }

  /** The returned action finalizes the checkpoint marks of what was emitted since the last call. */
  @Override
  public Runnable seal() throws Exception {
    if (stored != null) {
      for (SplitReader reader : readers) {
        stored.save(reader.split(), reader.takeUnsaved());
      }
    }
    if (keptIds != null) {
      keptIds.forget();
    }
    if (marks.isEmpty()) {
      return () -> {};
    }
    List<CheckpointMark> sealed = marks;
    marks = new ArrayList<>();
    return () -> sealed.forEach(this::finish);
  }

  private void finish(CheckpointMark mark) {
    try {
      mark.finalizeCheckpoint();
    } catch (Exception | LinkageError e) {
      throw TransformException.of(context.node().fullName(), e);
    }
  }

  /** Readers stop after what they have read so far, which is still emitted. */
  @Override
  public void drain() {
    draining = true;
    readers.forEach(SplitReader::drain);
  }

  @Override
  public void close() throws Exception {
    readers.forEach(SplitReader::stop);
    Exception failure = null;
    for (SplitReader reader : readers) {
      try {
        reader.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw TransformException.of(context.node().fullName(), failure);
    }
  }
}
