package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.beam.CheckpointPolicy;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.jspecify.annotations.Nullable;

/**
 * Runs items in the sweep, on the lane's thread. Under the streaming policy it stops when a bundle
 * has taken as long as one call may; what it did not come to waits for the next one.
 *
 * <p>Owned by the lane.
 */
final class InlineExecution implements ItemExecution {
  private final NodeContext context;
  private final ItemCells<WorkItem> items;
  private final ItemRunner runner;
  private final CheckpointPolicy policy;
  private final SideInputGate gate;
  private final WindowedValueMultiReceiver outputs;
  private final DoFn.BundleFinalizer finalizer;
  private boolean inBundle;
  private long bundleDeadlineNanos;

  InlineExecution(
      NodeContext context,
      ItemCells<WorkItem> items,
      ItemRunner runner,
      CheckpointPolicy policy,
      SideInputGate gate,
      WindowedValueMultiReceiver outputs) {
    this.context = context;
    this.items = items;
    this.runner = runner;
    this.policy = policy;
    this.gate = gate;
    this.outputs = outputs;
    this.finalizer = context::afterCommit;
  }

  @Override
  public void add(WorkItem item) {
    startBundle();
    if (outOfTime()) {
      items.add(item);
    } else {
      run(null, item);
    }
  }

  @Override
  public boolean resume() {
    long now = context.epochProcessingTime();
    for (Map.Entry<Key, WorkItem> entry : items.snapshot()) {
      WorkItem item = entry.getValue();
      if (item.resumeMillis() <= now || truncates(item)) {
        startBundle();
        if (outOfTime()) {
          return false;
        }
        run(entry.getKey(), item);
      }
    }
    return true;
  }

  private void run(@Nullable Key key, WorkItem item) {
    ItemRunner.Rest rest = process(item);
    if (rest == null) {
      if (key != null) {
        items.remove(key);
      }
      return;
    }
    WorkItem later = rest.from(context.processingTime()).item();
    if (key == null) {
      items.add(later);
    } else {
      items.replace(key, later);
    }
  }

  private ItemRunner.@Nullable Rest process(WorkItem item) {
    boolean truncate = truncates(item);
    try (DivisibleItem.Scope scope =
        new DivisibleItem.Scope(context.sharedWork(), truncate ? item.markedTruncated() : item)) {
      return runner.run(item, truncate, scope::begin, gate::lookup, outputs, finalizer);
    }
  }

  @Override
  public void help() throws Exception {
    Object part;
    while ((part = context.sharedWork().take(context.outputWatermark())) != null) {
      startBundle();
      // The part shares its element with the lane that gave it away.
      run(null, CoderUtils.clone(items.coder(), (WorkItem) part));
    }
  }

  private boolean truncates(WorkItem item) {
    return context.draining() && !item.truncated();
  }

  private boolean outOfTime() {
    return context.streaming() && System.nanoTime() - bundleDeadlineNanos > 0;
  }

  private void startBundle() {
    if (!inBundle) {
      inBundle = true;
      bundleDeadlineNanos = System.nanoTime() + context.maxProcessTime().getMillis() * 1_000_000;
      runner.function().startBundle(finalizer);
    }
  }

  @Override
  public void finishBundle() {
    if (inBundle) {
      inBundle = false;
      runner.function().finishBundle(finalizer);
    }
  }

  @Override
  public long nextResume() {
    long next = Long.MAX_VALUE;
    for (WorkItem item : items.values()) {
      next = Math.min(next, truncates(item) ? WorkItem.AT_ONCE : item.resumeMillis());
    }
    return next;
  }

  @Override
  public long hold() {
    return hold(items);
  }

  @Override
  public long elementHold() {
    return elementHold(items);
  }

  static long elementHold(ItemCells<WorkItem> items) {
    long lowest = Timestamps.MAX;
    for (WorkItem item : items.values()) {
      lowest = Math.min(lowest, item.input().getTimestamp().getMillis());
    }
    return lowest;
  }

  static long hold(ItemCells<WorkItem> items) {
    long lowest = Timestamps.MAX;
    for (WorkItem item : items.values()) {
      lowest = Math.min(lowest, item.hold());
    }
    return lowest;
  }

  @Override
  public void close() {
    try {
      policy.close();
    } finally {
      runner.function().close();
    }
  }
}
