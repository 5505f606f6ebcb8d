package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * Reads pieces of a bounded source, one at a time, until there is no more work to get. Then its
 * watermark is at the end of time; before, at the beginning.
 *
 * <p>Owned by the lane.
 */
final class BoundedReadLane implements SourceLane {
  private final SourceContext context;
  private final BoundedWork work;
  private @Nullable BoundedPieceReader reader;
  private volatile boolean done;

  BoundedReadLane(SourceContext context, BoundedWork work) {
    this.context = context;
    this.work = work;
  }

  @Override
  public void open() throws Exception {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(context.metrics());
    try {
      work.open();
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
      boolean more = true;
      while (more) {
        // Downstream operators have made their own container current.
        metrics.activate(context.metrics());
        WindowedValue<?> element = next();
        if (element == null) {
          done = true;
          return false;
        }
        more = budget.spendOne();
        output.accept(element);
      }
      return true;
    } finally {
      metrics.activate(before);
    }
  }

  private @Nullable WindowedValue<?> next() throws Exception {
    while (true) {
      BoundedPieceReader current = reader;
      if (current == null) {
        current = work.take();
        reader = current;
        if (current == null) {
          return null;
        }
      }
      try {
        if (current.next()) {
          return WindowedValues.timestampedValueInGlobalWindow(
              current.current(), current.currentTimestamp());
        }
        reader = null;
        work.finished(current);
      } catch (Exception | LinkageError | AssertionError e) {
        throw TransformException.of(context.node().fullName(), e);
      }
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
    return () -> {};
  }

  /** Drops the pieces that nobody has begun; those begun are read to their end. */
  @Override
  public void drain() {
    work.drain();
  }

  @Override
  public void close() throws Exception {
    BoundedPieceReader current = reader;
    reader = null;
    if (current != null) {
      work.finished(current);
    }
  }
}
