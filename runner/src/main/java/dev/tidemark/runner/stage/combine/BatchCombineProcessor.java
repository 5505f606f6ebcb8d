package dev.tidemark.runner.stage.combine;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import dev.tidemark.runner.stage.group.BatchWindows;
import dev.tidemark.runner.stage.group.GroupTable;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.Arrays;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window and combines each group into {@code KV<K, OutputT>} where all input is
 * bounded: one accumulator for each encoded key and window, and one result for each when the input
 * is complete. Where windows merge, their accumulators do, at the end.
 *
 * <p>Nothing of this is durable: a batch job that failed starts over. Owned by the lane.
 */
public final class BatchCombineProcessor implements PageProcessor {
  private final Operation.CombinePerKey operation;
  private @Nullable Buffer buffer;
  private boolean looseWaiting;

  /** What is open until the input ends. */
  private record Buffer(
      NodeContext context,
      OutputPort output,
      ElementEncoder loose,
      SegmentCoder valueSegment,
      GroupTable groups,
      Combiner combiner) {}

  private @Nullable Object[] accumulators = new @Nullable Object[8];

  /** Makes one for a node of this operation. */
  public BatchCombineProcessor(Operation.CombinePerKey operation) {
    this.operation = operation;
  }

  /** Whether this processor may take a collection of this windowing; see {@link BatchWindows}. */
  public static boolean supports(WindowingStrategy<?, ?> windowing) {
    return BatchWindows.supports(windowing);
  }

  @Override
  public void open(NodeContext context) {
    Node node = context.node();
    CollectionId input = node.inputs().get(0);
    EdgeCoders edge = EdgeCoders.of(context.components(), input, node.fullName());
    buffer =
        new Buffer(
            context,
            context.output(node.outputs().values().iterator().next()),
            ElementEncoder.byKey(edge, new KeyGroups(1, 1), (lane, page) -> take(page)),
            SegmentCoder.ofValues(edge),
            new GroupTable(edge, context.components().windowing(input)),
            Combiner.of(operation.payload(), context));
  }

  @Override
  public void process(WindowedValue<?> element) {
    looseWaiting = true;
    buffer().loose().accept(element);
  }

  @Override
  public void processPage(RecordBatch page) {
    flushLoose();
    take(page);
  }

  @Override
  public void advanceWatermark(long watermarkMillis) throws Exception {
    Buffer complete = buffer;
    if (watermarkMillis < Timestamps.MAX || complete == null) {
      return;
    }
    flushLoose();
    buffer = null;
    complete
        .groups()
        .forEachResult(
            (key, window, timestampMillis, groups) -> {
              Object result = complete.combiner().extract(unite(complete.combiner(), groups));
              complete.context().setCurrentKey(key);
              complete
                  .output()
                  .accept(
                      WindowedValues.of(
                          KV.of(key.decoded(), result),
                          Instant.ofEpochMilli(timestampMillis),
                          window,
                          BatchWindows.ONLY_PANE));
            });
    accumulators = new @Nullable Object[0];
  }

  @Override
  public void finishBundle() {
    flushLoose();
  }

  @Override
  public long pendingHold() {
    if (buffer == null) {
      return Timestamps.MAX;
    }
    return looseWaiting ? Timestamps.MIN : buffer.groups().earliestOutput();
  }

  @Override
  public void close() {
    buffer = null;
    accumulators = new @Nullable Object[0];
  }

  private void flushLoose() {
    if (looseWaiting) {
      buffer().loose().flush();
      looseWaiting = false;
    }
  }

  private void take(RecordBatch page) {
    Buffer open = buffer();
    GroupTable groups = open.groups();
    int known = groups.size();
    int count = groups.addAll(page);
    growTo(groups.size());
    for (int i = 0; i < count; i++) {
      int element = groups.element(i);
      // Decoded anew for each window: an accumulator is never shared, and an input that is kept
      // in one need not be either.
      Object value =
          open.valueSegment()
              .decode(page.payload(), page.valueOffset(element), page.valueLength(element));
      int group = groups.group(i);
      add(open.combiner(), group, group == known, value);
      known = Math.max(known, group + 1);
    }
  }

  private void growTo(int size) {
    if (size > accumulators.length) {
      accumulators = Arrays.copyOf(accumulators, Math.max(size, 2 * accumulators.length));
    }
  }

  private void add(Combiner combiner, int group, boolean isNew, @Nullable Object value) {
    if (operation.lifted()) {
      accumulators[group] = isNew ? value : combiner.merge(accumulators[group], value);
    } else {
      accumulators[group] = combiner.add(isNew ? combiner.create() : accumulators[group], value);
    }
  }

  /** Merges the accumulators of these groups and lets go of them. */
  private @Nullable Object unite(Combiner combiner, int[] groups) {
    Object united = accumulators[groups[0]];
    accumulators[groups[0]] = null;
    for (int i = 1; i < groups.length; i++) {
      united = combiner.merge(united, accumulators[groups[i]]);
      accumulators[groups[i]] = null;
    }
    return united;
  }

  private Buffer buffer() {
    if (buffer == null) {
      throw new IllegalStateException("an element after the end of the input, or not open");
    }
    return buffer;
  }
}
