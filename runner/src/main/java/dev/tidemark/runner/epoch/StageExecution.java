package dev.tidemark.runner.epoch;

import dev.tidemark.runner.progress.Frontier;
import dev.tidemark.runner.stage.NodeProgress;
import dev.tidemark.runner.stage.SharedWork;
import dev.tidemark.runner.stage.StageProcessor;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.sideinput.SideInputTable;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * One stage in all lanes: decides whether it has work, and publishes its watermarks to the stages
 * after it.
 *
 * <p>Owned by the driver; lanes read what it published before their round.
 */
final class StageExecution {
  private final Stage stage;
  private final JobContext job;
  private final Map<NodeId, StageExecution> stageOfNode;
  private final List<InboundEdge> inbound;
  private final List<InboundEdge> outgoing;
  private final List<LaneStage> lanes = new ArrayList<>();
  private final Map<NodeId, Frontier> watermarks = new HashMap<>();
  private final Map<NodeId, Long> undrainedWatermarks = new HashMap<>();
  private final Map<NodeId, Long> pendingProcessingTimes = new HashMap<>();
  private final List<Node> materialized = new ArrayList<>();
  private final List<NodeId> sideInputs = new ArrayList<>();
  private final Map<NodeId, RoundWork> sharedWork = new HashMap<>();
  private final Map<NodeId, AtomicLong> turns = new HashMap<>();
  private final LongAdder elements = new LongAdder();
  private final LongAdder sourceElements = new LongAdder();
  private final LongAdder busyNanos = new LongAdder();
  private volatile boolean roundRequested = true;
  private volatile long lowestWatermark = Timestamps.MIN;
  private long[] seenUpstream = new long[0];
  private boolean waiting;

  /**
   * Makes a stage without lanes.
   *
   * @param stageOfNode the stage of every node of the graph, filled in by the time of the first
   *     round
   * @param inbound the edges that enter the stage, broadcasts excepted
   * @param outgoing the edges that leave it, broadcasts excepted
   * @param waits whether it takes nothing until those of its side inputs are complete that show
   *     nothing before; all come from stages before it. Else it takes what comes, and keeps those
   *     elements that have to wait
   */
  StageExecution(
      Stage stage,
      JobContext job,
      Map<NodeId, StageExecution> stageOfNode,
      List<InboundEdge> inbound,
      List<InboundEdge> outgoing,
      boolean waits) {
    this.stage = stage;
    this.job = job;
    this.stageOfNode = stageOfNode;
    this.inbound = List.copyOf(inbound);
    this.outgoing = List.copyOf(outgoing);
    for (Node node : stage.nodes()) {
      watermarks.put(node.id(), new Frontier(job.lanes(), Timestamps.MIN));
      if (node.operation() instanceof Operation.Materialize) {
        materialized.add(node);
      }
      if (node.operation().isShareable() && job.lanesShareWork()) {
        sharedWork.put(node.id(), new RoundWork(job.lanes()));
      }
      turns.put(node.id(), new AtomicLong());
      for (SideInputSpec sideInput : node.sideInputs()) {
        sideInputs.add(sideInput.view());
      }
    }
    this.waiting = waits && sideInputs.stream().anyMatch(this::showsNothingBefore);
    inbound.forEach(edge -> edge.setWaiting(waiting));
  }

  void addLane(LaneStage lane) {
    lanes.add(lane);
  }

  LaneStage lane(int lane) {
    return lanes.get(lane);
  }

  List<LaneStage> lanes() {
    return lanes;
  }

  Stage stage() {
    return stage;
  }

  Node node(NodeId id) {
    return stage.nodes().stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
  }

  List<InboundEdge> inbound() {
    return inbound;
  }

  List<InboundEdge> outgoing() {
    return outgoing;
  }

  /** Has the sources stop reading for good. Between rounds. */
  void drainSources() {
    lanes.forEach(lane -> lane.sources().drain());
  }

  /** Adds how far each node has come in each lane. Between rounds. */
  void addProgress(Map<NodeId, List<NodeProgress>> progress) {
    for (Node node : stage.nodes()) {
      progress.put(node.id(), lanes.stream().map(lane -> lane.view().progress(node.id())).toList());
    }
  }

  /** Fails if anything is on its way to this stage, which an epoch that ends would lose. */
  void checkDrained() {
    for (InboundEdge edge : inbound) {
      for (int lane = 0; lane < lanes.size(); lane++) {
        if (edge.hasAny(lane)) {
          throw new IllegalStateException("an epoch ends while elements are in " + edge.edge());
        }
      }
    }
  }

  void noteElements(int count) {
    elements.add(count);
  }

  void noteSourceElements(long count) {
    elements.add(count);
    sourceElements.add(count);
  }

  void noteBusy(long nanos) {
    busyNanos.add(nanos);
  }

  long sourceElements() {
    return sourceElements.sum();
  }

  /** Asks for a round though nothing arrives. From any thread. */
  void requestRound() {
    roundRequested = true;
  }

  /** Looks whether the stage still has to wait for its side inputs. */
  private void updateWaiting() {
    waiting = sideInputs.stream().anyMatch(view -> showsNothingBefore(view) && !isComplete(view));
    inbound.forEach(edge -> edge.setWaiting(waiting));
  }

  private boolean showsNothingBefore(NodeId view) {
    return job.sideInputTable(view).showsOnlyOnePane();
  }

  private boolean isComplete(NodeId view) {
    StageExecution producer = Objects.requireNonNull(stageOfNode.get(view));
    return producer.frontier(view).min() == Timestamps.MAX;
  }

  /** Whether a round would do anything in the epoch that opened at {@code processingTime}. */
  boolean hasWork(long processingTime) {
    if (waiting) {
      updateWaiting();
      if (waiting) {
        return false;
      }
    }
    if (roundRequested || !Arrays.equals(upstreamState(), seenUpstream)) {
      return true;
    }
    for (int lane = 0; lane < lanes.size(); lane++) {
      LaneStage laneStage = lanes.get(lane);
      if (laneStage.incomplete()
          || laneStage.sources().ready()
          || laneStage.view().nextWakeUp() <= processingTime) {
        return true;
      }
      for (InboundEdge edge : inbound) {
        if (edge.hasAny(lane)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Called before a round: what is requested from here on asks for another one. */
  void beginRound() {
    roundRequested = false;
    seenUpstream = upstreamState();
    sharedWork.values().forEach(RoundWork::beginRound);
  }

  /** Called when a lane has ended its round, however it did. From that lane. */
  void leaveRound(int lane) {
    sharedWork.values().forEach(work -> work.leave(lane));
  }

  /** What a lane of a node shares with the others. From any thread. */
  SharedWork sharedWork(NodeId node, int lane) {
    RoundWork work = sharedWork.get(node);
    return work == null ? SharedWork.NONE : work.in(lane);
  }

  /** The count that the lanes of a node share. From any thread. */
  LongSupplier turns(NodeId node) {
    return Objects.requireNonNull(turns.get(node))::getAndIncrement;
  }

  /** All that the stage sees of other stages but their elements. */
  private long[] upstreamState() {
    long[] state = new long[2 * inbound.size() + sideInputs.size() + 1];
    int i = 0;
    for (InboundEdge edge : inbound) {
      state[i++] = watermark(edge.edge());
      state[i++] = pendingProcessingTime(edge.edge());
    }
    for (NodeId view : sideInputs) {
      state[i++] = job.sideInputTable(view).changes();
    }
    state[i] = job.draining() ? 1 : 0;
    return state;
  }

  /** Called after a round: shows the stage's watermarks to the stages after it. */
  void publish() {
    long lowest = Timestamps.MAX;
    for (Node node : stage.nodes()) {
      Frontier frontier = frontier(node.id());
      long undrained = Timestamps.MAX;
      long pending = Long.MAX_VALUE;
      for (int lane = 0; lane < lanes.size(); lane++) {
        StageProcessor processor = lanes.get(lane).view();
        frontier.update(lane, processor.outputWatermark(node.id()));
        undrained = Math.min(undrained, processor.undrainedWatermark(node.id()));
        pending = Math.min(pending, processor.pendingProcessingTime(node.id()));
      }
      undrainedWatermarks.put(node.id(), undrained);
      pendingProcessingTimes.put(node.id(), pending);
      lowest = Math.min(lowest, frontier.min());
    }
    lowestWatermark = lowest;
    for (Node node : materialized) {
      SideInputTable table = job.sideInputTable(node.id());
      table.advanceWatermark(frontier(node.id()).min());
    }
  }

  private Frontier frontier(NodeId node) {
    return Objects.requireNonNull(watermarks.get(node));
  }

  /** The lowest output watermark of all nodes and lanes. From any thread. */
  long lowestWatermark() {
    return lowestWatermark;
  }

  /** The lowest timestamp at which anything of a node may still ask for its side inputs. */
  long sideInputHold(NodeId node) {
    long watermark = Timestamps.MAX;
    for (LaneStage lane : lanes) {
      watermark = Math.min(watermark, lane.view().sideInputHold(node));
    }
    return watermark;
  }

  /** When a round is due though nothing arrives, or {@link Long#MAX_VALUE}. */
  long nextWakeUp() {
    long next = Long.MAX_VALUE;
    for (LaneStage lane : lanes) {
      next = Math.min(next, lane.view().nextWakeUp());
    }
    return next;
  }

  /** See {@link StageProcessor#awaitedWatermark}; of all lanes. */
  long awaitedWatermark() {
    long awaited = Long.MAX_VALUE;
    for (LaneStage lane : lanes) {
      awaited = Math.min(awaited, lane.view().awaitedWatermark());
    }
    return awaited;
  }

  /** The watermark of what comes over an edge, as its producer's stage last published it. */
  long watermark(Edge edge) {
    StageExecution producer = Objects.requireNonNull(stageOfNode.get(edge.producer()));
    return producer.frontier(edge.producer()).min();
  }

  /** Like {@link #watermark}, without what a drain did. */
  long undrainedWatermark(Edge edge) {
    StageExecution producer = Objects.requireNonNull(stageOfNode.get(edge.producer()));
    return producer.undrainedWatermarks.getOrDefault(edge.producer(), Timestamps.MIN);
  }

  /** The earliest processing timer pending at the producer of an edge or upstream of it. */
  long pendingProcessingTime(Edge edge) {
    StageExecution producer = Objects.requireNonNull(stageOfNode.get(edge.producer()));
    return producer.pendingProcessingTimes.getOrDefault(edge.producer(), Long.MAX_VALUE);
  }

  Execution.StageProgress progress() {
    return new Execution.StageProgress(
        stage.id().value(), lowestWatermark, elements.sum(), busyNanos.sum());
  }
}
