package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * Emits one empty byte array in the global window, in lane 0; then the end of time.
 *
 * <p>Owned by the lane.
 */
final class ImpulseSource implements SourceLane {
  private volatile boolean done;

  private ImpulseSource(boolean done) {
    this.done = done;
  }

  static List<SourceLane> lanes(SourceContext context) {
    List<SourceLane> lanes = new ArrayList<>();
    for (int lane = 0; lane < context.lanes(); lane++) {
      lanes.add(new ImpulseSource(lane > 0));
    }
    return lanes;
  }

  @Override
  public void open() {}

  @Override
  public boolean emit(OutputPort output, EmitBudget budget) {
    if (!done) {
      done = true;
      budget.spendOne();
      output.accept(WindowedValues.valueInGlobalWindow(new byte[0]));
    }
    return false;
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
