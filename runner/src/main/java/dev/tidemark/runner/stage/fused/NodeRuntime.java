package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StageProcessor.Upstream;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Runs one node in one lane: its bundles, its watermarks, its timers, and who is to blame when it
 * throws.
 *
 * <p>Owned by the lane.
 */
final class NodeRuntime implements OutputPort {
  /** Every how many elements of a bundle the clock and the cancellation are looked at. */
  private static final int CHECK_EVERY = 64;

  private final Node node;
  private final NodeProcessor processor;
  private final StageContext stage;
  private final LaneNodeContext context;
  private final MetricsContainer metrics;
  private final TimerService timers;
  private final FusedStageProcessor.CurrentKey currentKey;
  private final Map<CollectionId, OutputPort> outputs = new HashMap<>();
  private final List<NodeRuntime> innerUpstreams = new ArrayList<>();
  private final List<Edge> outerUpstreams = new ArrayList<>();
  private @Nullable MetricsEnvironmentState metricsState;

  private boolean opened;
  private boolean bundleOpen;
  private int bundleElements;
  private long bundleDeadlineNanos;

  private long inputWatermark = Timestamps.MIN;
  private long outputWatermark = Timestamps.MIN;
  private long upstreamPendingProcessingTime = Long.MAX_VALUE;

  NodeRuntime(
      Node node,
      NodeProcessor processor,
      StageContext stage,
      FusedStageProcessor.CurrentKey currentKey) {
    this.node = node;
    this.processor = processor;
    this.stage = stage;
    this.currentKey = currentKey;
    this.metrics = stage.metrics(node);
    this.timers = stage.timers(node.id());
    this.context = new LaneNodeContext(this, stage, currentKey);
  }

  void connect(CollectionId collection, List<OutputPort> consumers) {
    outputs.put(
        collection,
        switch (consumers.size()) {
          case 0 -> element -> {};
          case 1 -> consumers.get(0);
          default -> new FanOut(consumers.toArray(OutputPort[]::new));
        });
  }

  void addInnerUpstream(NodeRuntime upstream) {
    innerUpstreams.add(upstream);
  }

  void addOuterUpstream(Edge edge) {
    outerUpstreams.add(edge);
  }

  Node node() {
    return node;
  }

  NodeProcessor processor() {
    return processor;
  }

  OutputPort output(CollectionId collection) {
    OutputPort port = outputs.get(collection);
    if (port == null) {
      throw new IllegalArgumentException(node.id() + " has no output " + collection);
    }
    return port;
  }

  OutputPort sourcePort() {
    return output(node.outputs().values().iterator().next());
  }

  void open() {
    metricsState = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    opened = true;
    run(() -> processor.open(context));
  }

  @Override
  public void accept(WindowedValue<?> element) {
    MetricsEnvironmentState state = Objects.requireNonNull(metricsState);
    MetricsContainer previous = state.activate(metrics);
    try {
      beforeElementKeepingKey();
      processor.process(element);
    } catch (Throwable t) {
      throw TransformException.of(node.fullName(), t);
    } finally {
      state.activate(previous);
    }
  }

  void processPage(PageProcessor pageProcessor, RecordBatch page) {
    run(
        () -> {
          ensureBundle();
          checkCancelled();
          pageProcessor.processPage(page);
        });
  }

  /** Ends a round for this node; returns whether everything due was done. */
  boolean advance(Upstream upstream) {
    if (node.isSource()) {
      inputWatermark = upstream.sourceWatermark(node.id());
      outputWatermark = inputWatermark;
      return true;
    }
    boolean[] complete = new boolean[1];
    run(() -> complete[0] = advanceProcessor(upstream));
    return complete[0];
  }

  private boolean advanceProcessor(Upstream upstream) throws Exception {
    processor.flush();
    long upstreamWatermark = upstreamWatermark(upstream);
    upstreamPendingProcessingTime = upstreamPendingProcessingTime(upstream);
    boolean resumed;
    while (true) {
      long effective = Math.min(upstreamWatermark, processor.inputHold());
      boolean moved = effective > inputWatermark;
      if (moved) {
        inputWatermark = effective;
      }
      boolean waiting = processor.inputHold() != Timestamps.MAX;
      if (waiting) {
        ensureBundle();
      }
      if (moved || waiting) {
        processor.advanceWatermark(inputWatermark);
      }
      fireEventTimers();
      resumed = resumePending();
      fireProcessingTimers();
      // What was waiting may have been processed just now, and let the watermark go on.
      if (Math.min(upstreamWatermark, processor.inputHold()) <= inputWatermark) {
        break;
      }
    }
    finishBundle();
    publishWatermark();
    return resumed;
  }

  private boolean resumePending() throws Exception {
    if (processor.nextResume() == Long.MAX_VALUE) {
      return true;
    }
    if (processor.nextResume() > stage.epochProcessingTime() && !stage.draining()) {
      return true;
    }
    ensureBundle();
    return processor.resumePending();
  }

  private void fireEventTimers() throws Exception {
    TimerRecord timer;
    while ((timer = timers.pollDue(TimeDomain.EVENT_TIME, inputWatermark)) != null) {
      fire(timer);
    }
  }

  /**
   * Fires the processing timers that were due when the epoch opened, and what event timers follow.
   */
  private void fireProcessingTimers() throws Exception {
    long now = stage.epochProcessingTime();
    while (true) {
      TimerRecord timer = timers.pollDue(TimeDomain.PROCESSING_TIME, now);
      if (timer == null) {
        timer =
            timers.pollDue(TimeDomain.SYNCHRONIZED_PROCESSING_TIME, synchronizedProcessingTime());
      }
      if (timer == null) {
        return;
      }
      fire(timer);
      fireEventTimers();
    }
  }

  private void fire(TimerRecord timer) throws Exception {
    beforeElement();
    currentKey.set(timer.key());
    processor.onTimer(timer);
  }

  private long upstreamWatermark(Upstream upstream) {
    long watermark = Timestamps.MAX;
    for (NodeRuntime inner : innerUpstreams) {
      watermark = Math.min(watermark, inner.outputWatermark);
    }
    for (Edge edge : outerUpstreams) {
      watermark = Math.min(watermark, upstream.watermark(edge));
    }
    return watermark;
  }

  private long upstreamPendingProcessingTime(Upstream upstream) {
    long pending = Long.MAX_VALUE;
    for (NodeRuntime inner : innerUpstreams) {
      pending = Math.min(pending, inner.pendingProcessingTime());
    }
    for (Edge edge : outerUpstreams) {
      pending = Math.min(pending, upstream.pendingProcessingTime(edge));
    }
    return pending;
  }

  private void publishWatermark() {
    long watermark = Math.min(inputWatermark, stage.minHold(node.id()));
    watermark = Math.min(watermark, timers.minOutputTimestamp());
    watermark = Math.min(watermark, processor.pendingHold());
    outputWatermark = Math.max(outputWatermark, watermark);
  }

  long inputWatermark() {
    return inputWatermark;
  }

  long outputWatermark() {
    return outputWatermark;
  }

  long sideInputHold() {
    return Math.min(Math.min(inputWatermark, outputWatermark), processor.elementHold());
  }

  /** The earliest processing timer pending here or upstream. */
  long pendingProcessingTime() {
    return Math.min(
        upstreamPendingProcessingTime,
        Math.min(
            timers.nextTimestamp(TimeDomain.PROCESSING_TIME),
            timers.nextTimestamp(TimeDomain.SYNCHRONIZED_PROCESSING_TIME)));
  }

  long synchronizedProcessingTime() {
    return Math.min(stage.epochProcessingTime(), upstreamPendingProcessingTime);
  }

  long nextWakeUp() {
    long next = Math.min(timers.nextTimestamp(TimeDomain.PROCESSING_TIME), processor.nextResume());
    return Math.min(next, timers.nextTimestamp(TimeDomain.SYNCHRONIZED_PROCESSING_TIME));
  }

  /** A bundle that ends before an element may emit for other keys than the element's. */
  private void beforeElementKeepingKey() throws Exception {
    @Nullable Key key = currentKey.get();
    beforeElement();
    currentKey.set(key);
  }

  private void beforeElement() throws Exception {
    if (bundleOpen) {
      if (bundleElements >= stage.policy().maxBundleSize()) {
        finishBundle();
      } else if (bundleElements % CHECK_EVERY == CHECK_EVERY - 1) {
        checkCancelled();
        if (System.nanoTime() - bundleDeadlineNanos > 0) {
          finishBundle();
        }
      }
    }
    ensureBundle();
    bundleElements++;
  }

  private void ensureBundle() throws Exception {
    if (!bundleOpen) {
      bundleOpen = true;
      bundleElements = 0;
      bundleDeadlineNanos = System.nanoTime() + stage.policy().maxBundleMillis() * 1_000_000L;
      processor.startBundle();
    }
  }

  private void finishBundle() throws Exception {
    if (bundleOpen) {
      processor.finishBundle();
      bundleOpen = false;
    }
  }

  private void checkCancelled() throws InterruptedException {
    if (stage.cancelled()) {
      throw new InterruptedException("the job was cancelled");
    }
  }

  void close() throws Exception {
    if (opened) {
      opened = false;
      MetricsEnvironmentState state =
          MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
      MetricsContainer previous = state.activate(metrics);
      try {
        processor.close();
      } finally {
        state.activate(previous);
      }
    }
  }

  /** Something that may throw what a user's function may throw. */
  private interface Action {
    void run() throws Exception;
  }

  private void run(Action action) {
    MetricsEnvironmentState state = Objects.requireNonNull(metricsState);
    MetricsContainer previous = state.activate(metrics);
    try {
      action.run();
    } catch (Throwable t) {
      throw TransformException.of(node.fullName(), t);
    } finally {
      state.activate(previous);
    }
  }

  /** Hands each element to several consumers. */
  private record FanOut(OutputPort[] consumers) implements OutputPort {
    @Override
    public void accept(WindowedValue<?> element) {
      for (OutputPort consumer : consumers) {
        consumer.accept(element);
      }
    }
  }
}
