package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.SharedWork;
import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * What a node sees of its stage and host.
 *
 * <p>Owned by the lane.
 */
final class LaneNodeContext implements NodeContext {
  private final NodeRuntime runtime;
  private final StageContext stage;
  private final FusedStageProcessor.CurrentKey currentKey;
  private final KeyedCells cells;
  private final TimerService timers;
  private final SideInputs sideInputs;
  private final SharedWork sharedWork;

  LaneNodeContext(
      NodeRuntime runtime, StageContext stage, FusedStageProcessor.CurrentKey currentKey) {
    this.runtime = runtime;
    this.stage = stage;
    this.currentKey = currentKey;
    this.cells = stage.cells(runtime.node().id());
    this.timers = stage.timers(runtime.node().id());
    this.sideInputs = stage.sideInputs(runtime.node());
    this.sharedWork = stage.sharedWork(runtime.node().id());
  }

  @Override
  public Node node() {
    return runtime.node();
  }

  @Override
  public Components components() {
    return stage.components();
  }

  @Override
  public PipelineOptions options() {
    return stage.options();
  }

  @Override
  public boolean streaming() {
    return stage.policy().streaming();
  }

  @Override
  public boolean sortedByTime() {
    return runtime.sortedByTime();
  }

  @Override
  public OutputPort output(CollectionId collection) {
    return runtime.output(collection);
  }

  @Override
  public Key currentKey() {
    Key key = currentKey.get();
    if (key == null) {
      throw new IllegalStateException(node().id() + " is not keyed");
    }
    return key;
  }

  @Override
  public void setCurrentKey(Key key) {
    currentKey.set(key);
  }

  @Override
  public Key laneKey() {
    return stage.laneKey();
  }

  @Override
  public boolean durable() {
    return stage.durable();
  }

  @Override
  public KeyedCells cells() {
    return cells;
  }

  @Override
  public TimerService timers() {
    return timers;
  }

  @Override
  public SharedWork sharedWork() {
    return sharedWork;
  }

  @Override
  public LongSupplier turns() {
    return stage.turns(runtime.node().id());
  }

  @Override
  public SpillSpace bundleSpace() {
    return stage.bundleSpace();
  }

  @Override
  public SpillSpace workSpace() {
    return stage.workSpace();
  }

  @Override
  public DeadLetters deadLetters() {
    return stage.deadLetters();
  }

  @Override
  public SideInputs sideInputs() {
    return sideInputs;
  }

  @Override
  public long inputWatermark() {
    return runtime.inputWatermark();
  }

  @Override
  public long outputWatermark() {
    return runtime.outputWatermark();
  }

  @Override
  public long processingTime() {
    return stage.processingTime();
  }

  @Override
  public long epochProcessingTime() {
    return stage.epochProcessingTime();
  }

  @Override
  public long synchronizedProcessingTime() {
    return runtime.synchronizedProcessingTime();
  }

  @Override
  public MetricsContainer metrics() {
    return stage.metrics(node());
  }

  @Override
  public MetricsContainer metrics(String fullName) {
    return stage.metrics(fullName);
  }

  @Override
  public void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback) {
    stage.afterCommit(expiry, callback);
  }

  @Override
  public void wakeUp() {
    stage.wakeUp();
  }

  @Override
  public void fail(Throwable failure) {
    stage.fail(TransformException.of(node().fullName(), failure));
  }

  @Override
  public boolean causedByDrain(long eventTimeMillis) {
    return stage.draining() && eventTimeMillis > runtime.undrainedWatermarks().input();
  }

  @Override
  public boolean draining() {
    return stage.draining();
  }

  @Override
  public boolean inlineSplittable() {
    return stage.policy().inlineSplittable();
  }

  @Override
  public int maxTimersPerRound() {
    return stage.policy().maxTimersPerRound();
  }

  @Override
  public Duration maxProcessTime() {
    return Duration.millis(stage.policy().maxProcessMillis());
  }
}
