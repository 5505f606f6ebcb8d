package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.progress.HoldSet;
import dev.tidemark.runner.progress.NodeWatermarks;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.NodeProgress;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.PageProcessor;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StageProcessor.Upstream;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.WorkSharer;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Runs one node in one lane: its bundles, its watermarks, its timers, and who is to blame when it
 * throws.
 *
 * <p>Owned by the lane.
 */
final class NodeRuntime implements OutputPort {
  private final Node node;
  private final NodeProcessor processor;
  private final StageContext stage;
  private final LaneNodeContext context;
  private final MetricsContainer metrics;
  private final TimerService timers;
  private final FusedStageProcessor.CurrentKey currentKey;
  private final Map<CollectionId, OutputPort> outputs = new HashMap<>();
  private final Upstreams upstreams = new Upstreams();
  private final Bundle bundle;
  private final DueTimers dueTimers;
  private NodeWatermarks watermarks = new NodeWatermarks(Timestamps.MIN);
  private final UndrainedWatermarks undrained;
  private @Nullable MetricsEnvironmentState metricsState;
  private boolean opened;
  private long upstreamPendingProcessingTime = Long.MAX_VALUE;
  private boolean sortedByTime;
  private boolean keyEnds;
  private boolean processingTimersFired;
  private long putOffWatermark = Timestamps.MIN;

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
    this.undrained =
        new UndrainedWatermarks(node.isSource() || processesRestrictions(node.operation()));
    this.bundle = new Bundle(processor, stage);
    this.dueTimers = new DueTimers(processor, timers, bundle, currentKey);
    this.context = new LaneNodeContext(this, stage, currentKey);
  }

  private static boolean processesRestrictions(Operation operation) {
    return operation instanceof Operation.ProcessSizedElements
        || (operation instanceof Operation.Harness harness
            && processesRestrictions(harness.root().operation()));
  }

  void connect(CollectionId collection, List<OutputPort> consumers) {
    outputs.put(
        collection,
        switch (consumers.size()) {
          case 0 -> Nowhere.INSTANCE;
          case 1 -> consumers.get(0);
          default -> new FanOut(consumers.toArray(OutputPort[]::new));
        });
  }

  Upstreams upstreams() {
    return upstreams;
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

  /** Puts the watermarks where they were; before the node is opened. */
  void resume(NodeProgress progress) {
    watermarks = new NodeWatermarks(progress.inputMillis(), progress.outputMillis());
    undrained.resume(progress.undrainedMillis());
  }

  NodeProgress progress() {
    return new NodeProgress(watermarks.input(), watermarks.output(), undrained.output());
  }

  void open() {
    metricsState = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    opened = true;
    run(() -> processor.open(context));
  }

  @Override
  public void accept(WindowedValue<?> element) {
    accept(element.getValue(), element);
  }

  @Override
  public void accept(@Nullable Object value, WindowedValue<?> like) {
    MetricsEnvironmentState state = Objects.requireNonNull(metricsState);
    MetricsContainer previous = state.activate(metrics);
    try {
      if (!bundle.admitAtOnce()) {
        admit();
      }
      processor.process(value, like);
    } catch (Throwable t) {
      throw TransformException.of(node.fullName(), t);
    } finally {
      state.activate(previous);
    }
  }

  void processPage(PageProcessor pageProcessor, RecordBatch page) {
    run(
        () -> {
          bundle.start();
          bundle.checkCancelled();
          pageProcessor.processPage(page);
        });
  }

  /** A bundle that ends before an element may emit for other keys than the element's. */
  private void admit() throws Exception {
    Key key = currentKey.get();
    if (bundle.admit()) {
      currentKey.set(key);
    }
  }

  /** Begins a round for this node: does what was due before it. */
  void beginRound(Upstream stages) {
    if (!node.isSource()) {
      run(
          () -> {
            dueTimers.allow(stage.policy().maxTimersPerRound());
            if (putOffWatermark > watermarks.input()) {
              advanceInput(putOffWatermark);
            }
            upstreamPendingProcessingTime = upstreams.pendingProcessingTime(stages);
            processingTimersFired =
                dueTimers.fireProcessing(
                    stage.processingTime(), synchronizedProcessingTime(), watermarks.input());
          });
    }
  }

  /** Ends a round for this node; returns whether everything due was done. */
  boolean advance(Upstream stages) {
    if (node.isSource()) {
      watermarks.advanceInput(stages.sourceWatermark(node.id()), HoldSet.NONE);
      watermarks.advanceOutput(HoldSet.NONE, HoldSet.NONE);
      undrained.advanceOutput(stage.draining(), watermarks.input(), watermarks.output());
      return true;
    }
    boolean[] complete = new boolean[1];
    run(() -> complete[0] = advanceProcessor(stages));
    return complete[0];
  }

  private boolean advanceProcessor(Upstream stages) throws Exception {
    processor.flush();
    long upstreamWatermark = upstreams.watermark(stages);
    undrained.advanceInput(upstreams.undrainedWatermark(stages));
    dueTimers.allow(stage.policy().maxTimersPerRound());
    long reachable = dueTimers.reachable(upstreamWatermark, stage.policy().maxTimersPerRound());
    upstreamPendingProcessingTime = upstreams.pendingProcessingTime(stages);
    boolean putOff = processingTimersFired && reachable > watermarks.input();
    putOffWatermark = putOff ? reachable : Timestamps.MIN;
    boolean resumed = advanceInput(putOff ? watermarks.input() : reachable);
    if (processor instanceof WorkSharer sharer) {
      bundle.start();
      sharer.help();
    }
    bundle.finish();
    watermarks.advanceOutput(
        Math.min(stage.minHold(node.id()), timers.minOutputTimestamp()), processor.pendingHold());
    undrained.advanceOutput(stage.draining(), upstreamWatermark, watermarks.output());
    return resumed && !putOff && reachable == upstreamWatermark;
  }

  /** Moves the input watermark and fires event timers; returns whether all that is due was done. */
  private boolean advanceInput(long reachable) throws Exception {
    boolean resumed;
    do {
      long before = watermarks.input();
      long watermark = watermarks.advanceInput(reachable, processor.inputHold());
      boolean waiting = processor.inputHold() != Timestamps.MAX;
      if (waiting) {
        bundle.start();
      }
      if (watermark > before || waiting) {
        processor.advanceWatermark(watermark);
      }
      do {
        dueTimers.fireEvent(watermark);
        resumed = resumePending();
        // An SDK harness may have set timers in what it was just resumed with.
      } while (dueTimers.mayFireEvent() && dueTimers.isEventDue(watermark));
      // What was waiting may have been processed just now, and let the watermark go on.
    } while (Math.min(reachable, processor.inputHold()) > watermarks.input());
    return resumed && !dueTimers.isEventDue(watermarks.input());
  }

  private boolean resumePending() throws Exception {
    long due = processor.nextResume();
    if (due == Long.MAX_VALUE || (due > stage.epochProcessingTime() && !stage.draining())) {
      return true;
    }
    bundle.start();
    return processor.resumePending();
  }

  /** Tells that the elements of each key come in the order of their timestamps. */
  void setSortedByTime() {
    sortedByTime = true;
  }

  boolean sortedByTime() {
    return sortedByTime;
  }

  /**
   * Lets time end for the key that came last, the only one that has event timers. In a harness time
   * ends for all keys together.
   */
  void endKey() {
    if (node.operation() instanceof Operation.Harness) {
      return;
    }
    keyEnds = true;
    try {
      run(
          () -> {
            dueTimers.allow(Integer.MAX_VALUE);
            dueTimers.fireEvent(Timestamps.MAX);
          });
    } finally {
      keyEnds = false;
    }
  }

  long inputWatermark() {
    return keyEnds ? Timestamps.MAX : watermarks.input();
  }

  long outputWatermark() {
    return watermarks.output();
  }

  UndrainedWatermarks undrainedWatermarks() {
    return undrained;
  }

  long sideInputHold() {
    return Math.min(watermarks.output(), processor.elementHold());
  }

  /** The earliest processing timer pending here or upstream. */
  long pendingProcessingTime() {
    return Math.min(upstreamPendingProcessingTime, dueTimers.nextProcessing());
  }

  long synchronizedProcessingTime() {
    return Math.min(stage.epochProcessingTime(), upstreamPendingProcessingTime);
  }

  long nextWakeUp() {
    return Math.min(processor.nextResume(), dueTimers.nextWakeUp(upstreamPendingProcessingTime));
  }

  long awaitedWatermark() {
    return Math.min(processor.awaitedWatermark(), dueTimers.nextEvent());
  }

  void restored() {
    run(processor::restored);
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

  /** Takes the elements that nobody reads. */
  private enum Nowhere implements OutputPort {
    INSTANCE;

    @Override
    public void accept(WindowedValue<?> element) {}

    @Override
    public void accept(@Nullable Object value, WindowedValue<?> like) {}
  }

  /** Hands each element to several consumers. */
  private record FanOut(OutputPort[] consumers) implements OutputPort {
    @Override
    public void accept(WindowedValue<?> element) {
      for (OutputPort consumer : consumers) {
        consumer.accept(element);
      }
    }

    @Override
    public void accept(@Nullable Object value, WindowedValue<?> like) {
      for (OutputPort consumer : consumers) {
        consumer.accept(value, like);
      }
    }
  }
}
