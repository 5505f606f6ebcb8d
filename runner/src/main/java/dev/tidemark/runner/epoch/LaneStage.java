package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.Exchange;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.SharedWork;
import dev.tidemark.runner.stage.SideInputPublisher;
import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StagePolicy;
import dev.tidemark.runner.stage.StageProcessor;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.fused.FusedStageProcessor;
import dev.tidemark.runner.stage.fused.NodeProcessors;
import dev.tidemark.runner.stage.sideinput.SideInputTable;
import dev.tidemark.runner.state.LaneState;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.SideInputSpec;
import dev.tidemark.translation.graph.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One stage in one lane of the embedded executor: connects the stage's processor with exchanges,
 * sources, state and side inputs.
 *
 * <p>Owned by the lane.
 */
final class LaneStage implements StageContext, StageProcessor.Upstream {
  private final StageExecution owner;
  private final JobContext job;
  private final int lane;
  private final Components components;
  private final JobState jobState;
  private final LaneState state;
  private final Key laneKey;
  private final LaneSources sources;
  private final List<OutboundEdge> outbound = new ArrayList<>();
  private final List<SealedEpoch.BundleFinalizer> bundleFinalizers = new ArrayList<>();
  private @Nullable StageProcessor processor;
  private boolean incomplete;

  LaneStage(StageExecution owner, JobContext job, int lane, JobState jobState) {
    this.owner = owner;
    this.job = job;
    this.lane = lane;
    this.jobState = jobState;
    this.sources = new LaneSources(job.policy().processingTime());
    this.components =
        new Components(
            job.graph(),
            (strategy, windowCoder) ->
                job.harnesses().merger(strategy, windowCoder, lane, job.spill().bundles()));
    this.state = jobState.open(owner.stage(), lane, components);
    this.laneKey = LaneKeys.ownedBy(job.keyGroups(), lane);
    state.openEpoch(jobState.firstEpoch());
  }

  LaneSources sources() {
    return sources;
  }

  /** Has the sources find what an earlier run left, before any lane opens. */
  void resumeSources() {
    sources.restore(source -> jobState.resumedFrom(source, lane).outputMillis());
  }

  /** Opens processors and sources. */
  void open() throws Exception {
    StageProcessor opening =
        new FusedStageProcessor(this, node -> NodeProcessors.create(node, this));
    processor = opening;
    if (jobState.isResumed()) {
      for (Node node : stage().nodes()) {
        opening.resume(node.id(), jobState.resumedFrom(node.id(), lane));
      }
    }
    opening.open();
    sources.open();
  }

  @Override
  public NodeProcessor harness(Node node) {
    return job.harnesses().processor(node, lane);
  }

  private StageProcessor processor() {
    return Objects.requireNonNull(processor, "not open");
  }

  /** Runs one round: takes what has arrived, emits what sources have, advances the watermark. */
  void run(EpochBudget budget) throws Exception {
    try {
      runRound(budget);
    } finally {
      owner.leaveRound(lane);
    }
  }

  private void runRound(EpochBudget budget) throws Exception {
    long start = System.nanoTime();
    processor().beginRound(this);
    for (InboundEdge inbound : owner.inbound()) {
      receive(inbound);
    }
    boolean more = sources.emit(budget, processor()::sourcePort, owner);
    incomplete = !processor().advance(this) | more;
    state.cleanUp();
    for (OutboundEdge edge : outbound) {
      edge.flush();
    }
    owner.noteBusy(System.nanoTime() - start);
  }

  private void receive(InboundEdge inbound) {
    for (WindowedValue<?> element : inbound.takeElements(lane)) {
      processor().process(inbound.edge(), element);
    }
    boolean byKey = inbound.edge().kind() == Edge.Kind.EXCHANGE_BY_KEY;
    boolean forward = inbound.edge().kind() == Edge.Kind.FORWARD;
    NodeId consumer = inbound.edge().consumer();
    Exchange.Pages pages = inbound.takePages(lane);
    RecordBatch page;
    while ((page = pages.poll()) != null) {
      if (!forward) {
        owner.noteElements(page.size());
      }
      if (byKey) {
        state.expect(consumer, page);
      }
      processor().processPage(inbound.edge(), page);
      state.cleanUp();
    }
    if (byKey) {
      state.expect(consumer, null);
    }
  }

  /** Whether this lane stopped before everything that was due was done. */
  boolean incomplete() {
    return incomplete;
  }

  @Override
  public long sourceWatermark(NodeId source) {
    return sources.watermark(source);
  }

  @Override
  public long watermark(Edge edge) {
    return owner.watermark(edge);
  }

  @Override
  public long undrainedWatermark(Edge edge) {
    return owner.undrainedWatermark(edge);
  }

  @Override
  public long pendingProcessingTime(Edge edge) {
    return owner.pendingProcessingTime(edge);
  }

  StageProcessor view() {
    return processor();
  }

  /** Ends an epoch in this lane: hands over what is to be committed, and begins the next one. */
  void seal(long epoch, LaneSeal seal) {
    sources.seal(seal.sourceMarks());
    synchronized (bundleFinalizers) {
      seal.bundleFinalizers().addAll(bundleFinalizers);
      bundleFinalizers.clear();
    }
    seal.state().add(state.seal());
    state.openEpoch(epoch + 1);
  }

  /** Goes back to what is committed, which is all there was, before epoch {@code next}. */
  void restore(long next) {
    state.discard();
    state.openEpoch(next);
    processor().restored();
  }

  /** Tears everything down, whatever fails on the way. */
  void close() throws Exception {
    @Nullable Exception failure = null;
    try {
      sources.close();
    } catch (RuntimeException e) {
      failure = e;
    }
    if (processor != null) {
      try {
        processor.close();
      } catch (Exception e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public Stage stage() {
    return owner.stage();
  }

  @Override
  public Components components() {
    return components;
  }

  @Override
  public PipelineOptions options() {
    return job.options();
  }

  @Override
  public StagePolicy policy() {
    return job.policy();
  }

  @Override
  public Key laneKey() {
    return laneKey;
  }

  @Override
  public KeyedCells cells(NodeId node) {
    return state.cells(node);
  }

  @Override
  public boolean durable() {
    return jobState.isKept();
  }

  @Override
  public void cleanUp() {
    state.cleanUp();
  }

  @Override
  public TimerService timers(NodeId node) {
    return state.timers(node);
  }

  @Override
  public SharedWork sharedWork(NodeId node) {
    return owner.sharedWork(node, lane);
  }

  @Override
  public LongSupplier turns(NodeId node) {
    return owner.turns(node);
  }

  @Override
  public long minHold(NodeId node) {
    return state.minHold(node);
  }

  @Override
  public SideInputs sideInputs(Node node) {
    Map<String, SideInputTable> tables = new HashMap<>();
    for (SideInputSpec sideInput : node.sideInputs()) {
      tables.put(sideInput.tag(), job.sideInputTable(sideInput.view()));
    }
    return new ViewReader(tables);
  }

  @Override
  public SpillSpace sideInputSpace() {
    return job.spill().sideInputs();
  }

  @Override
  public SpillSpace workSpace() {
    return job.spill().work();
  }

  @Override
  public SpillSpace bundleSpace() {
    return job.spill().bundles();
  }

  @Override
  public SideInputPublisher sideInputPublisher(NodeId materialize) {
    return job.sideInputTable(materialize);
  }

  @Override
  public List<OutputPort> outgoing(NodeId producer, CollectionId collection) {
    List<OutputPort> ports = new ArrayList<>();
    for (InboundEdge target : owner.outgoing()) {
      if (target.edge().producer().equals(producer)
          && target.edge().collection().equals(collection)) {
        OutboundEdge edge = OutboundEdge.create(target, components, job.keyGroups(), lane);
        outbound.add(edge);
        ports.add(edge);
      }
    }
    return ports;
  }

  @Override
  public MetricsContainer metrics(Node node) {
    return metrics(node.fullName());
  }

  @Override
  public MetricsContainer metrics(String fullName) {
    return job.metrics().container(lane, fullName);
  }

  @Override
  public long processingTime() {
    return job.clock().millis();
  }

  @Override
  public long epochProcessingTime() {
    return job.epochProcessingTime();
  }

  @Override
  public void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback) {
    synchronized (bundleFinalizers) {
      bundleFinalizers.add(new SealedEpoch.BundleFinalizer(expiry, callback));
    }
  }

  @Override
  public void wakeUp() {
    owner.requestRound();
    job.wakeUp().wake();
  }

  @Override
  public void fail(Throwable failure) {
    job.fail(failure);
  }

  @Override
  public DeadLetters deadLetters() {
    return job.deadLetters();
  }

  @Override
  public boolean draining() {
    return job.draining();
  }

  @Override
  public boolean cancelled() {
    return job.cancelled();
  }
}
