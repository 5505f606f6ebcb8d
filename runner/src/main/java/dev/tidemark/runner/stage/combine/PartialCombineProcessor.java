package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.runner.stage.group.BatchGroupProcessor;
import dev.tidemark.runner.stage.group.OutputTime;
import dev.tidemark.runner.stage.group.SessionWindows;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.Objects;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues.SingleWindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Combines {@code KV<K, V>} into {@code KV<K, AccumT>} before the exchange: one accumulator for
 * each key and window, handed on when there are too many of them, when the input is complete and,
 * where a window may fire before that, whenever the host flushes.
 *
 * <p>Where keys hardly repeat, accumulators of one element are handed on for a while without
 * looking for others. What it emits has no pane of its own and must be combined behind the exchange
 * under a trigger that does not count elements.
 *
 * <p>Owned by the lane.
 */
public final class PartialCombineProcessor implements NodeProcessor {
  private final Operation.PartialCombine operation;
  private PartialCombineLimits limits;
  private @Nullable Opened opened;
  private int bypass;

  /** What is there from {@link #open} on. */
  private record Opened(
      NodeContext context,
      Combiner combiner,
      PartialTable table,
      OutputTime outputTime,
      PartialOutput output,
      boolean firesOnce,
      boolean separateLate,
      @Nullable ElementGuard guard) {}

  /** Makes one for a node of this operation, with the usual limits. */
  public PartialCombineProcessor(Operation.PartialCombine operation) {
    this(operation, PartialCombineLimits.USUAL);
  }

  /** Makes one for a node of this operation. */
  PartialCombineProcessor(Operation.PartialCombine operation, PartialCombineLimits limits) {
    this.operation = operation;
    this.limits = limits;
  }

  @Override
  public void open(NodeContext context) {
    limits = limits.within(context.workSpace().budget().limit());
    Node node = context.node();
    CollectionId input = node.inputs().get(0);
    CollectionId result = node.outputs().values().iterator().next();
    EdgeCoders edge = EdgeCoders.of(context.components(), input, node.fullName());
    EdgeCoders resultEdge = EdgeCoders.of(context.components(), result, node.fullName());
    Combiner combiner = Combiner.of(operation.payload(), context);
    WindowingStrategy<?, ?> windowing = context.components().windowing(input);
    TimestampCombiner timestampCombiner = windowing.getTimestampCombiner();
    OutputTime outputTime = new OutputTime(timestampCombiner);
    OutputPort port = context.output(result);
    boolean merging = SessionWindows.areIn(windowing);
    AccumulatorSizes sizes = new AccumulatorSizes(SegmentCoder.ofValues(resultEdge));
    opened =
        new Opened(
            context,
            combiner,
            merging
                ? new SessionPartialTable(combiner, edge, outputTime, sizes)
                : new WindowPartialTable(combiner, edge, outputTime, sizes),
            outputTime,
            new PartialOutput(combiner, port),
            !context.streaming() && BatchGroupProcessor.supports(windowing),
            // An element that is late behind the exchange has no say in the timestamp of its
            // group, which it would have here if only the earliest counts; and it is judged there
            // by its own window, not by one that it was merged into.
            context.streaming() && (merging || timestampCombiner == TimestampCombiner.EARLIEST),
            ElementGuard.of(context));
  }

  @Override
  public void process(WindowedValue<?> element) {
    process(element.getValue(), element);
  }

  @Override
  public void process(@Nullable Object value, WindowedValue<?> like) {
    Opened now = opened();
    if (now.guard() == null) {
      add(now, value, like);
    } else {
      now.guard()
          .around(
              OutputPort.element(value, like),
              now.context()::afterCommit,
              () -> add(now, value, like));
    }
    if (now.table().exceeds(limits)) {
      bypass = now.table().repeats(limits) ? 0 : limits.bypassedElements();
      now.table().drainTo(now.output());
    }
  }

  private void add(Opened now, @Nullable Object value, WindowedValue<?> like) {
    KV<?, ?> kv = (KV<?, ?>) Objects.requireNonNull(value, "a null element has no key");
    long timestamp = like.getTimestamp().getMillis();
    boolean alone =
        bypass > 0 || (now.separateLate() && timestamp < now.context().inputWatermark());
    if (like instanceof SingleWindowedValue single) {
      add(now, kv, timestamp, single.getWindow(), alone);
      return;
    }
    for (BoundedWindow window : like.getWindows()) {
      add(now, kv, timestamp, window, alone);
    }
  }

  private void add(Opened now, KV<?, ?> kv, long timestamp, BoundedWindow window, boolean alone) {
    if (alone || !now.table().add(kv.getKey(), kv.getValue(), timestamp, window)) {
      Object accumulator = now.combiner().add(now.combiner().create(), kv.getValue());
      long end = window.maxTimestamp().getMillis();
      now.output()
          .emit(kv.getKey(), accumulator, now.outputTime().assign(window, end, timestamp), window);
      if (bypass > 0) {
        bypass--;
      }
    }
  }

  @Override
  public void advanceWatermark(long watermarkMillis) {
    if (watermarkMillis >= Timestamps.MAX) {
      opened().table().drainTo(opened().output());
    }
  }

  @Override
  public void flush() {
    if (!opened().firesOnce()) {
      opened().table().drainTo(opened().output());
    }
  }

  @Override
  public long pendingHold() {
    return opened == null ? Timestamps.MAX : opened.table().earliestOutput();
  }

  @Override
  public void close() {
    opened = null;
  }

  private Opened opened() {
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }
}
