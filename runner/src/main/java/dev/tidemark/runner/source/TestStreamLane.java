package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * Emits the elements that a {@link TestStreamController} delivers.
 *
 * <p>Owned by the lane.
 */
final class TestStreamLane implements SourceLane {
  private final TestStreamReplay replay;
  private volatile long watermark = Timestamps.MIN;

  TestStreamLane(TestStreamReplay replay) {
    this.replay = replay;
  }

  @Override
  public void open() {}

  @Override
  public boolean emit(OutputPort output, EmitBudget budget) {
    boolean more = true;
    while (more) {
      TimestampedValue<Object> element = replay.poll();
      if (element == null) {
        watermark = replay.watermark();
        return false;
      }
      more = budget.spendOne();
      output.accept(
          WindowedValues.timestampedValueInGlobalWindow(
              element.getValue(), element.getTimestamp()));
    }
    if (replay.hasElements()) {
      return true;
    }
    watermark = replay.watermark();
    return false;
  }

  @Override
  public long watermark() {
    return watermark;
  }

  @Override
  public boolean ready() {
    return replay.hasElements() || replay.watermark() != watermark;
  }

  @Override
  public Runnable seal() {
    return () -> {};
  }

  @Override
  public void drain() {
    replay.end();
  }

  @Override
  public void close() {}
}
