package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups {@code KV<K, V>} into {@code KV<K, Iterable<V>>} where all input is bounded: appends the
 * encoded values of each key and window to a list of bytes, without decoding them, and emits each
 * group once, when the input is complete.
 *
 * <p>Keys are what their coder makes of them; the values of a group come in the order in which they
 * arrived. The iterables may be iterated over many times; one that somebody holds keeps the values
 * of all groups of the lane from being freed. Nothing of this is durable: a batch job that failed
 * starts over.
 *
 * <p>Owned by the lane.
 */
public final class BatchGroupProcessor implements PageProcessor {

  /** What is open until the input ends. */
  private record Buffer(
      NodeContext context,
      OutputPort output,
      ElementEncoder loose,
      GroupTable groups,
      GroupValues values) {}

  private @Nullable Buffer buffer;
  private boolean looseWaiting;

  /** Whether this processor may take a collection of this windowing; see {@link BatchWindows}. */
  public static boolean supports(WindowingStrategy<?, ?> windowing) {
    return BatchWindows.supports(windowing);
  }

  @Override
  public void open(NodeContext context) {
    Node node = context.node();
    CollectionId input = node.inputs().get(0);
    EdgeCoders edge = EdgeCoders.of(context.components(), input, node.fullName());
    WindowingStrategy<?, ?> windowing = context.components().windowing(input);
    buffer =
        new Buffer(
            context,
            context.output(node.outputs().values().iterator().next()),
            ElementEncoder.byKey(edge, new KeyGroups(1, 1), (lane, page) -> take(page)),
            new GroupTable(edge, windowing),
            new GroupValues(SegmentCoder.ofValues(edge), windowing.needsMerge()));
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
    emit(complete);
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
  }

  private void flushLoose() {
    if (looseWaiting) {
      buffer().loose().flush();
      looseWaiting = false;
    }
  }

  private void take(RecordBatch page) {
    GroupTable groups = buffer().groups();
    GroupValues values = buffer().values();
    int count = groups.addAll(page);
    for (int i = 0; i < count; i++) {
      values.append(groups.group(i), page, groups.element(i));
    }
  }

  private static void emit(Buffer complete) throws Exception {
    complete
        .groups()
        .forEachResult(
            (key, window, timestampMillis, groups) -> {
              complete.context().setCurrentKey(key);
              complete
                  .output()
                  .accept(
                      WindowedValues.of(
                          KV.of(key.decoded(), complete.values().of(groups)),
                          Instant.ofEpochMilli(timestampMillis),
                          window,
                          BatchWindows.ONLY_PANE));
            });
  }

  private Buffer buffer() {
    if (buffer == null) {
      throw new IllegalStateException("an element after the end of the input, or not open");
    }
    return buffer;
  }
}
