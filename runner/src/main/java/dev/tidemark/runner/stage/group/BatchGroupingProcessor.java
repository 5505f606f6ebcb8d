package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.ElementMetadata;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window where all input is bounded: takes elements as bytes, and emits one pane
 * for each key and window when the input is complete, some in each round. What becomes of the
 * values of a group is up to the subclass.
 *
 * <p>Nothing of this is durable: a batch job that failed starts over. Owned by the lane.
 */
public abstract class BatchGroupingProcessor implements PageProcessor {

  /** What a subclass does with the values of one input, until it is complete. */
  public interface Groups {
    /**
     * Takes the elements of a page, which {@code table} has just numbered.
     *
     * @param count how many element and window pairs there are, see {@link GroupTable#group} and
     *     {@link GroupTable#element}
     */
    void take(GroupTable table, int count, RecordBatch page);

    /** What the groups of these numbers, which are one after merging windows, come to. */
    @Nullable Object result(int[] groups) throws Exception;
  }

  /** What is open until the input ends. */
  private record Buffer(
      NodeContext context, OutputPort output, ElementEncoder loose, SpillingGroups groups) {}

  /** So that results do not pile up where the stage that takes them has its turn only later. */
  private static final int MOST_PER_ROUND = 10_000;

  private static final long NOW = 0;

  private @Nullable Buffer buffer;
  private SpillingGroups.@Nullable Results results;
  private boolean looseWaiting;
  private boolean emittedInRound;
  private boolean ended;

  /** Makes what keeps the values. */
  protected abstract Groups groups(
      NodeContext context, EdgeCoders edge, WindowingStrategy<?, ?> windowing);

  @Override
  public final void open(NodeContext context) {
    Node node = context.node();
    CollectionId input = node.inputs().get(0);
    EdgeCoders edge = EdgeCoders.of(context.components(), input, node.fullName());
    WindowingStrategy<?, ?> windowing = context.components().windowing(input);
    buffer =
        new Buffer(
            context,
            context.output(node.outputs().values().iterator().next()),
            ElementEncoder.byKey(edge, new KeyGroups(1, 1), (lane, page) -> take(page)),
            new SpillingGroups(
                context.workSpace(),
                new GroupTable(edge, windowing),
                groups(context, edge, windowing),
                new HotKeys(node.fullName())));
  }

  @Override
  public final void process(WindowedValue<?> element) {
    looseWaiting = true;
    buffer().loose().accept(element);
  }

  @Override
  public final void processPage(RecordBatch page) {
    flushLoose();
    take(page);
  }

  private void take(RecordBatch page) {
    if (results != null) {
      throw new IllegalStateException("an element after the end of the input");
    }
    buffer().groups().take(page);
  }

  @Override
  public final void advanceWatermark(long watermarkMillis) throws Exception {
    if (watermarkMillis < Timestamps.MAX || ended) {
      return;
    }
    if (results == null) {
      flushLoose();
      results = buffer().groups().results();
    }
    emit(buffer(), results);
    emittedInRound = true;
  }

  @Override
  public final boolean resumePending() throws Exception {
    if (results != null && !emittedInRound) {
      emit(buffer(), results);
    }
    emittedInRound = false;
    return results == null;
  }

  @Override
  public final long nextResume() {
    return results == null ? Long.MAX_VALUE : NOW;
  }

  private void emit(Buffer complete, SpillingGroups.Results from) throws Exception {
    int most = Math.min(MOST_PER_ROUND, complete.context().maxTimersPerRound());
    boolean more =
        from.next(
            most,
            (key, window, timestampMillis, result) -> {
              complete.context().setCurrentKey(key);
              complete
                  .output()
                  .accept(
                      metadata(complete.context(), window)
                          .element(
                              KV.of(key.decoded(), result),
                              Instant.ofEpochMilli(timestampMillis),
                              window,
                              BatchWindows.ONLY_PANE));
            });
    if (!more) {
      results = null;
      ended = true;
      close();
    }
  }

  private static ElementMetadata metadata(NodeContext context, BoundedWindow window) {
    return context.causedByDrain(window.maxTimestamp().getMillis())
        ? ElementMetadata.DRAIN
        : ElementMetadata.NONE;
  }

  @Override
  public final void finishBundle() {
    flushLoose();
  }

  @Override
  public final long pendingHold() {
    if (buffer == null) {
      return Timestamps.MAX;
    }
    return looseWaiting ? Timestamps.MIN : buffer.groups().earliestOutput();
  }

  @Override
  public final void close() {
    if (buffer != null) {
      buffer.groups().close();
      buffer = null;
    }
  }

  private void flushLoose() {
    if (looseWaiting) {
      buffer().loose().flush();
      looseWaiting = false;
    }
  }

  private Buffer buffer() {
    if (buffer == null) {
      throw new IllegalStateException("an element after the end of the input, or not open");
    }
    return buffer;
  }
}
