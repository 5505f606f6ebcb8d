package dev.tidemark.runner.stage;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.NodeId;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Executes one {@link dev.tidemark.translation.graph.Stage} in one lane.
 *
 * <p>Life: {@link #open}, after {@link #resume} for a job that goes on from its state; then any
 * number of rounds, each of {@link #beginRound}, elements (by page, by element or from a source)
 * and {@link #advance}, after which no bundle is open and the host may take a snapshot of the
 * stage's state; then {@link #close}, always.
 *
 * <p>Owned by the lane: no two calls at once.
 */
public interface StageProcessor extends AutoCloseable {

  /** What a host knows of the nodes before a stage. */
  interface Upstream {
    /** The watermark, in milliseconds, of what comes over an edge from another stage. */
    long watermark(Edge edge);

    /**
     * How far, in milliseconds, that watermark came without a drain, see {@link
     * StageProcessor#undrainedWatermark}.
     */
    long undrainedWatermark(Edge edge);

    /** The watermark, in milliseconds, of a source node of this stage. */
    long sourceWatermark(NodeId source);

    /**
     * The synchronized processing time, in milliseconds, at the producer of an edge from another
     * stage: the earliest processing timer still pending there or upstream of it, or {@link
     * Long#MAX_VALUE}.
     */
    long pendingProcessingTime(Edge edge);
  }

  /**
   * Tells, before {@link #open}, how far a node had come when the job was last committed.
   *
   * @param node of the stage
   */
  void resume(NodeId node, NodeProgress progress);

  /** Called once, before all else but {@link #resume}. */
  void open() throws Exception;

  /**
   * Begins a round: does what was due before the elements of the round come. That is what the last
   * {@link #advance} put off, and then the processing timers that are due by now.
   */
  void beginRound(Upstream upstream);

  /** Takes a page that came over an exchange. */
  void processPage(Edge edge, RecordBatch page);

  /** Takes an element that came over a {@link Edge.Kind#FORWARD} edge from another stage. */
  void process(Edge edge, WindowedValue<?> element);

  /** Where to put the elements that a source node of the stage emits. */
  OutputPort sourcePort(NodeId source);

  /**
   * Ends a round: flushes, advances the watermark node by node, fires event timers, resumes what is
   * due, finishes bundles. Where processing timers fired in this round, the watermark is put off to
   * the next one, so that what they emitted reaches other stages ahead of what the watermark fires.
   *
   * @return whether everything due was done; if not, the host calls again in a later epoch
   */
  boolean advance(Upstream upstream);

  /** How far a node has come, as of the last {@link #advance}. */
  NodeProgress progress(NodeId node);

  /** The output watermark of a node, in milliseconds, as of the last {@link #advance}. */
  long outputWatermark(NodeId node);

  /**
   * How far, in milliseconds, the output watermark of a node came without a drain; the output
   * watermark itself, unless the job is drained.
   */
  long undrainedWatermark(NodeId node);

  /**
   * The lowest timestamp, in milliseconds, at which an element, timer or residual of the node may
   * still ask for its side inputs.
   */
  long sideInputHold(NodeId node);

  /**
   * The earliest processing timer pending at this node or before it, in milliseconds of processing
   * time, or {@link Long#MAX_VALUE}.
   */
  long pendingProcessingTime(NodeId node);

  /**
   * The processing time at which a round is due though nothing arrives, or {@link Long#MAX_VALUE}.
   */
  long nextWakeUp();

  /**
   * The lowest watermark, in milliseconds, that anything in the stage waits for, {@link
   * Long#MIN_VALUE} where that cannot be told, or {@link Long#MAX_VALUE}: while watermarks only
   * move below it, no timer fires and nothing comes out.
   */
  long awaitedWatermark();

  /**
   * Tells that the host read cells and timers from its store again, as of the end of the last
   * round. Called between rounds.
   */
  void restored();

  @Override
  void close() throws Exception;
}
