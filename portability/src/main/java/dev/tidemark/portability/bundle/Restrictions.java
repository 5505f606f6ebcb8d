package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import dev.tidemark.runner.stage.sdf.ItemCells;
import dev.tidemark.runner.stage.sdf.WorkItem;
import dev.tidemark.runner.stage.sdf.WorkItemCoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.BundleApplication;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.DelayedBundleApplication;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * The elements and restrictions of a splittable function that wait for their next turn, in the
 * node's state.
 *
 * <p>Owned by the lane.
 */
final class Restrictions {
  private static final long MILLIS = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final NodeContext context;
  private final WireCoding coding;
  private final ItemCells<WorkItem> items;

  /** An item that went into a bundle; {@code key} says where it is in the state, if it is. */
  record Sent(@Nullable Key key, WorkItem item) {}

  Restrictions(NodeContext context, WireCoding coding) {
    this.context = context;
    this.coding = coding;
    this.items =
        new ItemCells<>(
            context.cells(), "residual", new WorkItemCoder(StoredElementCoder.ofInput(context)));
  }

  /** Finds again what is in the state. */
  void restore() {
    items.restore();
  }

  /** Keeps an item for later. */
  void add(WorkItem item) {
    items.add(item);
  }

  /** Whether an item is to be truncated first, as the job drains. */
  boolean truncates(WorkItem item) {
    return context.draining() && !item.truncated();
  }

  /** The items whose turn it is. */
  List<Sent> due() {
    long now = context.epochProcessingTime();
    List<Sent> due = new ArrayList<>();
    for (Map.Entry<Key, WorkItem> entry : items.snapshot()) {
      WorkItem item = entry.getValue();
      if (item.resumeMillis() <= now || truncates(item)) {
        due.add(new Sent(entry.getKey(), item));
      }
    }
    return due;
  }

  /** When the next item's turn is, in processing time. */
  long nextResume() {
    long next = Long.MAX_VALUE;
    for (WorkItem item : items.values()) {
      next = Math.min(next, truncates(item) ? WorkItem.AT_ONCE : item.resumeMillis());
    }
    return next;
  }

  /** The lowest timestamp that an item may still emit. */
  long hold() {
    long lowest = Timestamps.MAX;
    for (WorkItem item : items.values()) {
      lowest = Math.min(lowest, item.hold());
    }
    return lowest;
  }

  /** The lowest timestamp of the elements whose items are not done. */
  long elementHold() {
    long lowest = Timestamps.MAX;
    for (WorkItem item : items.values()) {
      lowest = Math.min(lowest, item.input().getTimestamp().getMillis());
    }
    return lowest;
  }

  /**
   * Keeps what a bundle has left over, and nothing else of what went into it.
   *
   * @param sent what went into the bundle, in its order
   * @param plan what ran
   */
  void apply(List<Sent> sent, BundleAttempt done, HarnessPlan plan) throws IOException {
    Checkpoint checkpoint = done.checkpoint();
    long firstResidual = checkpoint == null ? Long.MAX_VALUE : checkpoint.firstResidual();
    for (int i = 0; i < sent.size(); i++) {
      Key key = sent.get(i).key();
      if (i >= firstResidual) {
        WorkItem untouched = sent.get(i).item();
        if (key == null) {
          items.add(untouched);
        } else {
          items.replace(key, untouched);
        }
      } else if (key != null) {
        items.remove(key);
      }
    }
    for (DelayedBundleApplication residual : done.response().getResidualRootsList()) {
      items.add(item(residual, plan));
    }
    if (checkpoint != null) {
      for (DelayedBundleApplication residual : checkpoint.residuals()) {
        items.add(item(residual, plan));
      }
    }
  }

  private WorkItem item(DelayedBundleApplication residual, HarnessPlan plan) throws IOException {
    BundleApplication application = residual.getApplication();
    String transform = application.getTransformId();
    boolean processes = transform.equals(plan.process());
    if (!processes && !transform.equals(plan.root())) {
      throw new HarnessException(
          "the SDK has left over a part of an element of "
              + transform
              + ", which takes no restrictions from the runner");
    }
    WindowedValue<Object> input = coding.input().decode(application.getElement().newInput());
    return new WorkItem(
        input, watermark(application, input), resumeTime(residual), processes && plan.truncates());
  }

  private static long watermark(BundleApplication application, WindowedValue<Object> input) {
    return application.getOutputWatermarksMap().values().stream()
        .mapToLong(Restrictions::millis)
        .min()
        .orElse(input.getTimestamp().getMillis());
  }

  private static long millis(Timestamp timestamp) {
    return timestamp.getSeconds() * MILLIS + timestamp.getNanos() / NANOS_PER_MILLI;
  }

  private long resumeTime(DelayedBundleApplication residual) {
    long delay =
        residual.getRequestedTimeDelay().getSeconds() * MILLIS
            + residual.getRequestedTimeDelay().getNanos() / NANOS_PER_MILLI;
    long now = context.processingTime();
    return delay > Timestamps.MAX - now ? Timestamps.MAX : now + Math.max(0, delay);
  }
}
