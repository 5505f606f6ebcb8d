package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.runner.stage.StagePolicy;
import dev.tidemark.runner.stage.sideinput.SideInputTable;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.StageGraph;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * What all stages and lanes of one run share.
 *
 * <p>Thread-safe, but for {@link #epochProcessingTime}, which the driver sets between sweeps.
 */
final class JobContext {
  private final StageGraph graph;
  private final PipelineOptions options;
  private final StagePolicy policy;
  private final KeyGroups keyGroups;
  private final Clock clock;
  private final ClassLoader classLoader;
  private final Map<NodeId, SideInputTable> sideInputTables;
  private final JobSpill spill;
  private final HarnessNodes harnesses;
  private final DeadLetters deadLetters;
  private final JobMetrics metrics;
  private final WakeUp wakeUp = new WakeUp();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean cancelled;
  private volatile boolean drainRequested;
  private volatile boolean draining;
  private volatile long awaitedWatermark = Long.MIN_VALUE;
  private long epochProcessingTime;

  JobContext(
      StageGraph graph,
      PipelineOptions options,
      StagePolicy policy,
      KeyGroups keyGroups,
      Clock clock,
      ClassLoader classLoader,
      Map<NodeId, SideInputTable> sideInputTables,
      JobSpill spill,
      HarnessNodes harnesses,
      DeadLetters deadLetters,
      @Nullable JobMetrics discarded) {
    this.graph = graph;
    this.options = options;
    this.policy = policy;
    this.keyGroups = keyGroups;
    this.clock = clock;
    this.classLoader = classLoader;
    this.sideInputTables = Map.copyOf(sideInputTables);
    this.spill = spill;
    this.harnesses = harnesses;
    this.deadLetters = deadLetters;
    this.metrics = new JobMetrics(keyGroups.lanes(), discarded);
  }

  StageGraph graph() {
    return graph;
  }

  PipelineOptions options() {
    return options;
  }

  StagePolicy policy() {
    return policy;
  }

  /** Whether lanes take work from each other: not if a run is to be repeatable. */
  boolean lanesShareWork() {
    return lanes() > 1 && !policy.streaming() && !policy.inlineSplittable();
  }

  KeyGroups keyGroups() {
    return keyGroups;
  }

  int lanes() {
    return keyGroups.lanes();
  }

  Clock clock() {
    return clock;
  }

  ClassLoader classLoader() {
    return classLoader;
  }

  JobMetrics metrics() {
    return metrics;
  }

  WakeUp wakeUp() {
    return wakeUp;
  }

  HarnessNodes harnesses() {
    return harnesses;
  }

  DeadLetters deadLetters() {
    return deadLetters;
  }

  JobSpill spill() {
    return spill;
  }

  SideInputTable sideInputTable(NodeId materialize) {
    SideInputTable table = sideInputTables.get(materialize);
    if (table == null) {
      throw new IllegalArgumentException("no side input " + materialize);
    }
    return table;
  }

  long epochProcessingTime() {
    return epochProcessingTime;
  }

  void openEpoch() {
    epochProcessingTime = clock.millis();
  }

  /**
   * The lowest watermark that anything in the job waited for at the end of the last epoch: news of
   * watermarks below it may wait for a while.
   */
  long awaitedWatermark() {
    return awaitedWatermark;
  }

  /** By the driver. */
  void setAwaitedWatermark(long millis) {
    awaitedWatermark = millis;
  }

  /** Records the failure that ends the job, if it is the first, and wakes the driver. */
  void fail(Throwable thrown) {
    failure.compareAndSet(null, thrown);
    wakeUp.wake();
  }

  @Nullable Throwable failure() {
    return failure.get();
  }

  void cancel() {
    cancelled = true;
    wakeUp.wake();
  }

  boolean cancelled() {
    return cancelled;
  }

  /** Asks for a drain, which begins with the next epoch. */
  void requestDrain() {
    drainRequested = true;
    wakeUp.wake();
  }

  /** Whether a drain was asked for and has not begun. */
  boolean drainPending() {
    return drainRequested && !draining;
  }

  /** Called by the driver when the drain begins. */
  void beginDrain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }
}
