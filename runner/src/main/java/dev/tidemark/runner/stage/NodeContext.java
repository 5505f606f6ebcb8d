package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * What a {@link NodeProcessor} may use of its lane and host.
 *
 * <p>Owned by the lane.
 */
public interface NodeContext {

  /** The node to execute. */
  Node node();

  /** Coders, windowing strategies and other components, deserialized once per stage and lane. */
  Components components();

  /** The job's options. */
  PipelineOptions options();

  /** Whether the job runs under the streaming policy. */
  boolean streaming();

  /**
   * Whether the elements of each key come in the order of their timestamps, so that nobody needs to
   * sort them.
   */
  default boolean sortedByTime() {
    return false;
  }

  /** The port of an output collection; one that nobody reads swallows its elements. */
  OutputPort output(CollectionId collection);

  /**
   * The key of the element or timer in hand.
   *
   * @throws IllegalStateException if the node is not keyed
   */
  Key currentKey();

  /** Makes {@code key} the current key of this stage and lane, until the next element or timer. */
  void setCurrentKey(Key key);

  /**
   * A key that is no user's key and that this lane owns: for what a node keeps in its cells apart
   * from any key. The same in every run as long as the number of lanes is. A host with several
   * lanes gives each lane its own.
   */
  default Key laneKey() {
    return LaneKeys.of(0);
  }

  /**
   * Whether the job may go on from its state in another process: then all that a node needs has to
   * be in its cells and timers when a bundle is finished.
   */
  default boolean durable() {
    return false;
  }

  /** The node's state. */
  KeyedCells cells();

  /** The node's timers. */
  TimerService timers();

  /** What the lanes of this node share. */
  default SharedWork sharedWork() {
    return SharedWork.NONE;
  }

  /**
   * Counts from zero through all lanes of this node in this process: each number goes to one caller
   * only. Where lanes share nothing, each counts for itself. Thread-safe; not durable.
   */
  default LongSupplier turns() {
    return new AtomicLong()::getAndIncrement;
  }

  /**
   * Memory and disk for what goes into bundles in SDK harnesses, and comes out; of the whole job.
   */
  default SpillSpace bundleSpace() {
    throw new UnsupportedOperationException("this host has no nodes in SDK harnesses");
  }

  /** Memory and disk for what nodes gather: the memory of the whole job, all parts together. */
  default SpillSpace workSpace() {
    return SpillSpace.memoryOnly();
  }

  /** The elements that the job leaves out. */
  default DeadLetters deadLetters() {
    return DeadLetters.NONE;
  }

  /** The node's side inputs. */
  SideInputs sideInputs();

  /** The effective input watermark, in milliseconds. */
  long inputWatermark();

  /** The output watermark, in milliseconds, as last published. */
  long outputWatermark();

  /** The live processing time, in milliseconds, of the host's clock. From any thread. */
  long processingTime();

  /** The processing time of the epoch, in milliseconds: timers due by then fire in it. */
  long epochProcessingTime();

  /**
   * The synchronized processing time, in milliseconds: the epoch's processing time, or the earliest
   * processing timer still pending upstream of this node if that is earlier.
   */
  long synchronizedProcessingTime();

  /** Where the node's metrics go; already current on the thread while the node runs. */
  MetricsContainer metrics();

  /**
   * Where the metrics of a transform go that runs as a part of the node.
   *
   * @param fullName the full name of the user's transform
   */
  default MetricsContainer metrics(String fullName) {
    return metrics();
  }

  /**
   * Runs {@code callback} once the current epoch is committed, unless that takes longer than {@code
   * expiry}; on the committer's thread. Failures are logged.
   */
  void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback);

  /** Tells the host that {@link NodeProcessor#resumePending} would find work. From any thread. */
  void wakeUp();

  /**
   * Records that this node failed on a thread of its own; the job fails with {@code failure}. From
   * any thread.
   */
  void fail(Throwable failure);

  /**
   * Whether the input watermark has reached this time, in milliseconds, or will, only because the
   * job is being drained: it would not have come beyond what the sources had shown.
   */
  default boolean causedByDrain(long eventTimeMillis) {
    return false;
  }

  /** Whether {@code timer} fires only because the job is being drained. */
  default boolean causedByDrain(TimerRecord timer) {
    return timer.domain() == TimeDomain.EVENT_TIME && causedByDrain(timer.timestampMillis());
  }

  /** Whether the job is being drained: residuals are to be truncated. From any thread. */
  boolean draining();

  /** The greatest time that one call of a splittable function should take under streaming. */
  Duration maxProcessTime();

  /**
   * About how many event timers, or groups of windows that are due, fire in one round; see {@link
   * StagePolicy#maxTimersPerRound}.
   */
  default int maxTimersPerRound() {
    return Integer.MAX_VALUE;
  }

  /**
   * Whether the lane waits while a splittable function is at work, as deterministic runs want it,
   * also where it could do something else.
   */
  default boolean inlineSplittable() {
    return true;
  }
}
