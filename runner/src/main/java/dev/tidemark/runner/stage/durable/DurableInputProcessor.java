package dev.tidemark.runner.stage.durable;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a durable edge in front of a node: puts the elements that come into the
 * node's cells and hands them to the node only when that is committed. So after a failure the node
 * sees the same elements again, in the same order for each key, whatever those before it do the
 * next time.
 *
 * <p>The elements of one bundle, which never crosses a commit, are handed over together. Until then
 * they hold the node's input watermark.
 *
 * <p>Owned by the lane.
 */
public final class DurableInputProcessor implements NodeProcessor {
  /** How many elements of those handed over make a bundle of the node. */
  private static final int BUNDLE_ELEMENTS = 1_000;

  private final NodeProcessor node;
  private final boolean keyed;
  private @Nullable Open open;

  /** What there is once the processor is open. */
  private record Open(NodeContext context, CommittedBatches committed, HeldElements held) {}

  /**
   * Puts a durable edge before {@code node}.
   *
   * @param keyed whether the elements have keys, by which the node keeps state
   */
  public DurableInputProcessor(NodeProcessor node, boolean keyed) {
    this.node = node;
    this.keyed = keyed;
  }

  @Override
  public void open(NodeContext context) throws Exception {
    HeldElements held = new HeldElements(context, keyed);
    open = new Open(context, new CommittedBatches(held.lastBatch()), held);
    node.open(context);
  }

  private Open open() {
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return open;
  }

  @Override
  public void startBundle() throws Exception {
    node.startBundle();
  }

  @Override
  public void process(WindowedValue<?> element) {
    Key key = keyed ? open().context().currentKey() : open().context().laneKey();
    open().held().add(key, element);
  }

  @Override
  public void onTimer(TimerRecord timer) throws Exception {
    node.onTimer(timer);
  }

  @Override
  public void advanceWatermark(long watermarkMillis) throws Exception {
    deliver();
    node.advanceWatermark(watermarkMillis);
  }

  private void deliver() throws Exception {
    Open edge = open();
    int[] delivered = new int[1];
    edge.held()
        .release(
            edge.committed().last(),
            (key, element) -> {
              if (++delivered[0] % BUNDLE_ELEMENTS == 0) {
                node.finishBundle();
                node.startBundle();
              }
              if (keyed) {
                edge.context().setCurrentKey(key);
              }
              node.process(element);
            });
  }

  @Override
  public boolean resumePending() throws Exception {
    return node.resumePending();
  }

  @Override
  public void flush() throws Exception {
    node.flush();
  }

  @Override
  public void finishBundle() throws Exception {
    node.finishBundle();
    Open edge = open();
    long batch = edge.held().closeBatch();
    if (batch != HeldElements.EMPTY) {
      edge.context()
          .afterCommit(
              BoundedWindow.TIMESTAMP_MAX_VALUE,
              () -> {
                edge.committed().upTo(batch);
                edge.context().wakeUp();
              });
    }
  }

  @Override
  public long pendingHold() {
    return Math.min(node.pendingHold(), open().held().earliest());
  }

  @Override
  public long inputHold() {
    return Math.min(node.inputHold(), open().held().earliest());
  }

  @Override
  public long elementHold() {
    return Math.min(node.elementHold(), open().held().earliest());
  }

  /** After a commit any round delivers what waits here. */
  @Override
  public long awaitedWatermark() {
    return open().held().earliest() == Timestamps.MAX ? node.awaitedWatermark() : Long.MIN_VALUE;
  }

  @Override
  public long nextResume() {
    return node.nextResume();
  }

  @Override
  public void restored() {
    open().held().restore();
    node.restored();
  }

  @Override
  public void close() throws Exception {
    node.close();
  }
}
