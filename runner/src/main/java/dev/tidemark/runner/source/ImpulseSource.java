package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.Cells.ValueCell;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * Emits one empty byte array in the global window, in one lane; then the end of time. A job that
 * goes on from its state does not emit it again.
 *
 * <p>Owned by the lane.
 */
final class ImpulseSource implements SourceLane {
  private static final String DONE_CELL = "done";

  private final @Nullable KeyedCells cells;
  private final Key key;
  private volatile boolean done;

  private ImpulseSource(@Nullable KeyedCells cells, Key key, boolean done) {
    this.cells = cells;
    this.key = key;
    this.done = done;
  }

  static List<SourceLane> lanes(SourceContext context) {
    Key key = LaneKeys.ofPart(context.keyGroups(), 0, 1);
    List<SourceLane> lanes = new ArrayList<>();
    for (int lane = 0; lane < context.lanes(); lane++) {
      lanes.add(
          new ImpulseSource(
              context.storedCells() == null ? null : context.storedCells().apply(lane),
              key,
              lane != context.keyGroups().laneOf(key.keyHash())));
    }
    return lanes;
  }

  @Override
  public void restore(long watermarkMillis) {
    done |= cells != null && !doneCell(cells).isEmpty();
  }

  @Override
  public void open() {}

  @Override
  public boolean emit(OutputPort output, EmitBudget budget) {
    if (!done) {
      done = true;
      if (cells != null) {
        doneCell(cells).write(true);
      }
      budget.spendOne();
      output.accept(WindowedValues.valueInGlobalWindow(new byte[0]));
    }
    return false;
  }

  private ValueCell<Boolean> doneCell(KeyedCells cells) {
    return cells.forKey(key).value("", DONE_CELL, BooleanCoder.of());
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
    return () -> {};
  }

  /** Takes back nothing: what a job was started with belongs to what a drain finishes. */
  @Override
  public void drain() {}

  @Override
  public void close() {}
}
