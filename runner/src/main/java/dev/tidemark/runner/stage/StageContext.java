package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Stage;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;

/**
 * What a host gives to a {@link StageProcessor}.
 *
 * <p>Owned by the lane.
 */
public interface StageContext {

  /** The stage. */
  Stage stage();

  /** Java objects of the graph's components, for this lane. */
  Components components();

  /** The job's options. */
  PipelineOptions options();

  /** Policies that do not change during a run. */
  StagePolicy policy();

  /** See {@link NodeContext#durable}. */
  default boolean durable() {
    return false;
  }

  /** The state of a node. */
  KeyedCells cells(NodeId node);

  /**
   * Tells that no processor is at work, and that much state may be empty by now: the host may
   * forget what it keeps of it in memory. Cells handed out before are not valid any more.
   */
  void cleanUp();

  /** The timers of a node. */
  TimerService timers(NodeId node);

  /** See {@link NodeContext#laneKey}. */
  Key laneKey();

  /** What the lanes of a node share. */
  default SharedWork sharedWork(NodeId node) {
    return SharedWork.NONE;
  }

  /** See {@link NodeContext#turns}. */
  LongSupplier turns(NodeId node);

  /** The lowest hold cell of a node, in milliseconds, or {@link Timestamps#MAX}. */
  long minHold(NodeId node);

  /** What a node sees of its side inputs. */
  SideInputs sideInputs(Node node);

  /** Memory and disk for the side inputs of the job. */
  SpillSpace sideInputSpace();

  /** See {@link NodeContext#bundleSpace}. */
  default SpillSpace bundleSpace() {
    throw new UnsupportedOperationException("this host has no nodes in SDK harnesses");
  }

  /** See {@link NodeContext#workSpace}. */
  default SpillSpace workSpace() {
    return SpillSpace.memoryOnly();
  }

  /** Where a materializing node of this stage publishes its panes. */
  SideInputPublisher sideInputPublisher(NodeId materialize);

  /** The ports that take a collection, made by a node of this stage, to other stages. */
  List<OutputPort> outgoing(NodeId producer, CollectionId collection);

  /** Where a node's metrics go. */
  MetricsContainer metrics(Node node);

  /** Where the metrics of a transform of the stage go, by its full name. */
  MetricsContainer metrics(String fullName);

  /** The live processing time in milliseconds. From any thread. */
  long processingTime();

  /** The processing time of the epoch in milliseconds. */
  long epochProcessingTime();

  /** See {@link NodeContext#afterCommit}. */
  void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback);

  /** See {@link NodeContext#wakeUp}. */
  void wakeUp();

  /** See {@link NodeContext#fail}. */
  void fail(Throwable failure);

  /** See {@link NodeContext#deadLetters}. */
  default DeadLetters deadLetters() {
    return DeadLetters.NONE;
  }

  /** See {@link NodeContext#draining}. */
  boolean draining();

  /** Whether the job was cancelled, so that work in hand may be left. From any thread. */
  boolean cancelled();

  /** The processor of a node of this stage that runs in an SDK harness, not yet opened. */
  default NodeProcessor harness(Node node) {
    return HarnessNodes.NONE.processor(node, 0);
  }
}
