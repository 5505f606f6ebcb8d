package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.beam.CheckpointPolicy;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.StoredElementCoder;
import dev.tidemark.runner.stage.failing.ElementGuard;
import dev.tidemark.translation.graph.CollectionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs items ahead of the sweep, on threads of its own, so that a function that blocks while it
 * waits for data delays nobody. An item is bound to one thread, so that what a function caches for
 * it is found again; with many items, several share a thread.
 *
 * <p>The rules of the threads: the lane alone touches the items, the ports, the side inputs and the
 * clock; it hands a worker an encoded item and a copy of its side inputs. A worker alone touches
 * its instance of the function; it hands back a complete slice: outputs, callbacks and what is left
 * of the item. Outputs and the rest take effect together, when the lane takes the slice; until then
 * the item stands in the state as it was, so that after a crash it is processed again. A worker may
 * be one slice further than what the lane has taken, and any number of calls that found nothing.
 *
 * <p>An item that is to be resumed later waits with its worker, so that it is resumed in time also
 * while the lane is busy. One of a function with side inputs waits with the lane, which alone can
 * read them as they are by then.
 *
 * <p>Owned by the lane.
 */
final class AheadExecution implements ItemExecution {
  private static final Logger LOG = LoggerFactory.getLogger(AheadExecution.class);
  private static final int MAX_WORKERS = 32;
  private static final long CLOSE_MILLIS = 10_000;

  private final NodeContext context;
  private final ItemCells<WorkItem> items;
  private final CheckpointPolicy policy;
  private final SideInputGate gate;
  private final WindowedValueMultiReceiver outputs;
  private final Coder<WorkItem> coder;
  private final ItemWorker.Host host;
  private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();
  private final Queue<Handover> arrived = new ConcurrentLinkedQueue<>();
  private final List<Bound> workers = new ArrayList<>();
  private final Map<Key, Bound> bound = new HashMap<>();
  private final Set<Key> running = new HashSet<>();
  private boolean recalled;

  /** A worker and how many items are bound to it. */
  private static final class Bound {
    private final ItemWorker worker;
    private int items;

    Bound(ItemWorker worker) {
      this.worker = worker;
    }
  }

  AheadExecution(
      NodeContext context,
      RunnerApi.ParDoPayload payload,
      ItemCells<WorkItem> items,
      CheckpointPolicy policy,
      SideInputGate gate,
      Outputs outputs) {
    this.context = context;
    this.items = items;
    this.policy = policy;
    this.gate = gate;
    this.outputs = outputs;
    this.coder = new WorkItemCoder(StoredElementCoder.ofInput(context));
    this.host =
        new ItemWorker.Host(
            context.node().fullName(),
            context.metrics(),
            () ->
                new ItemRunner(
                    SplittableFunction.open(context.node(), payload, context.options()),
                    policy.limits(),
                    outputs.coders(),
                    ElementGuard.ofRestrictions(
                        context, new Components(context.components().graph()))),
            () -> ownCoder(context),
            context::processingTime,
            !gate.hasSideInputs(),
            context::draining,
            context::fail);
  }

  /** A coder that shares nothing with the lane's. */
  private static Coder<WorkItem> ownCoder(NodeContext context) {
    Components components = new Components(context.components().graph());
    CollectionId input = context.node().inputs().get(0);
    return new WorkItemCoder(
        new StoredElementCoder(EdgeCoders.of(components, input, context.node().fullName())));
  }

  @Override
  public void add(WorkItem item) {
    dispatch(items.add(item), item);
  }

  @Override
  public boolean resume() {
    recallIfDrained();
    boolean all = takeSlices();
    long now = context.processingTime();
    for (Map.Entry<Key, WorkItem> entry : items.snapshot()) {
      if (!running.contains(entry.getKey()) && dispatchMillis(entry.getValue()) <= now) {
        dispatch(entry.getKey(), entry.getValue());
      }
    }
    return all;
  }

  private void recallIfDrained() {
    if (context.draining() && !recalled) {
      recalled = true;
      workers.forEach(bound -> bound.worker.recall());
    }
  }

  /** Takes complete slices, for as long as one call may take; returns whether it took them all. */
  private boolean takeSlices() {
    long deadline = System.nanoTime() + context.maxProcessTime().getMillis() * 1_000_000;
    Handover next = arrived.poll();
    while (next != null) {
      take(next.key(), next.take());
      if (System.nanoTime() - deadline > 0) {
        return arrived.isEmpty();
      }
      next = arrived.poll();
    }
    return true;
  }

  private void take(Key key, ItemSlice slice) {
    slice.emitted().forEach(emitted -> emitted.to(outputs));
    slice
        .finalizers()
        .forEach(finalizer -> context.afterCommit(finalizer.expiry(), finalizer.callback()));
    if (!slice.continues()) {
      running.remove(key);
    }
    ItemRunner.Rest rest = slice.rest();
    if (rest == null) {
      items.remove(key);
      unbind(key);
    } else {
      items.replace(key, rest.item());
    }
  }

  private void dispatch(Key key, WorkItem item) {
    running.add(key);
    byte[] encoded;
    try {
      encoded = CoderUtils.encodeToByteArray(coder, item);
    } catch (CoderException e) {
      throw TransformException.of(context.node().fullName(), e);
    }
    ItemTask.Phase phase =
        item.truncated()
            ? ItemTask.Phase.TRUNCATED
            : context.draining() ? ItemTask.Phase.TO_TRUNCATE : ItemTask.Phase.UNDRAINED;
    bind(key)
        .worker
        .add(
            new ItemTask(
                encoded,
                phase == ItemTask.Phase.TO_TRUNCATE ? WorkItem.AT_ONCE : item.resumeMillis(),
                phase,
                gate.snapshot(item.part(gate::lookup).element()),
                new Handover(key, this::arrived)));
  }

  /** On a worker's thread. */
  private void arrived(Handover handover) {
    arrived.add(handover);
    context.wakeUp();
  }

  private Bound bind(Key key) {
    Bound known = bound.get(key);
    if (known != null) {
      return known;
    }
    Bound least =
        workers.stream().min(Comparator.comparingInt((Bound worker) -> worker.items)).orElse(null);
    if (least == null || (least.items > 0 && workers.size() < MAX_WORKERS)) {
      String name = "tidemark-sdf-" + context.node().id() + "-" + workers.size();
      least = new Bound(new ItemWorker(host, name, contextClassLoader));
      workers.add(least);
      least.worker.start();
    }
    least.items++;
    bound.put(key, least);
    return least;
  }

  private void unbind(Key key) {
    Bound worker = bound.remove(key);
    if (worker != null) {
      worker.items--;
    }
  }

  /** When an item that is here goes to its worker. */
  private long dispatchMillis(WorkItem item) {
    boolean waitsHere = gate.hasSideInputs() && (!context.draining() || item.truncated());
    return waitsHere ? item.resumeMillis() : WorkItem.AT_ONCE;
  }

  @Override
  public long nextResume() {
    if (!arrived.isEmpty() || (context.draining() && !recalled)) {
      return WorkItem.AT_ONCE;
    }
    long next = Long.MAX_VALUE;
    for (Map.Entry<Key, WorkItem> entry : items.snapshot()) {
      if (!running.contains(entry.getKey())) {
        next = Math.min(next, dispatchMillis(entry.getValue()));
      }
    }
    return next;
  }

  @Override
  public long hold() {
    return InlineExecution.hold(items);
  }

  @Override
  public long elementHold() {
    return InlineExecution.elementHold(items);
  }

  /** The bundles of the user's function begin and end on the workers' threads. */
  @Override
  public void finishBundle() {}

  @Override
  public void close() throws Exception {
    workers.forEach(worker -> worker.worker.stop());
    for (Bound worker : workers) {
      if (!worker.worker.join(CLOSE_MILLIS)) {
        LOG.warn(
            "{}: its function does not come back from a call; it is torn down when it does",
            context.node().fullName());
      }
    }
    policy.close();
  }
}
