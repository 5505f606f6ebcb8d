package dev.tidemark.runner.state;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.LaneKeys;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.SideInputPublisher;
import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StagePolicy;
import dev.tidemark.runner.stage.StageProcessor.Upstream;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.runner.stage.fused.FusedStageProcessor;
import dev.tidemark.runner.stage.fused.NodeProcessors;
import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch host of one lane that runs the one stage of a pipeline that has state, over state in
 * memory. Whenever a function with state emits something, it looks how many keys are alive.
 */
final class StageHost implements StageContext, Upstream, AutoCloseable {
  private final Stage stage;
  private final Edge input;
  private final Components components;
  private final LaneState state;
  private final MetricsContainerImpl metrics = new MetricsContainerImpl("stage");
  private final FusedStageProcessor processor;
  private final List<Object> outputs = new ArrayList<>();
  private long upstreamWatermark = Timestamps.MIN;
  private int mostKeys;

  /** Opens the stage of {@code pipeline} that has state, and gets its elements by key. */
  StageHost(Pipeline pipeline) {
    StageGraph graph = PipelineTranslator.translate(PipelineTranslation.toProto(pipeline, false));
    stage =
        graph.stages().stream()
            .filter(candidate -> candidate.facts().stateful())
            .findFirst()
            .orElseThrow();
    input =
        stage.incoming().stream()
            .filter(edge -> edge.kind() == Edge.Kind.EXCHANGE_BY_KEY)
            .findFirst()
            .orElseThrow();
    components = new Components(graph);
    state =
        LaneState.inMemory(
            stage.nodes().stream().map(node -> new KeyedNode(node.id(), key -> null)).toList());
    state.openEpoch(1);
    processor = new FusedStageProcessor(this, node -> NodeProcessors.create(node, this));
    processor.open();
  }

  /** Sends elements to the stage. */
  void send(Iterable<? extends WindowedValue<?>> elements) {
    ElementEncoder encoder =
        ElementEncoder.byKey(
            EdgeCoders.of(components, input.collection(), "test"),
            new KeyGroups(1, 1),
            (lane, page) -> processor.processPage(input, page));
    elements.forEach(encoder::accept);
    encoder.flush();
  }

  /** Lets the upstream watermark advance and ends the round. */
  void advance(long watermarkMillis) {
    upstreamWatermark = watermarkMillis;
    processor.advance(this);
  }

  /** What came out of functions with state, in order. */
  List<Object> outputs() {
    return outputs;
  }

  /** How many keys had state in memory at most, whenever something came out. */
  int mostKeys() {
    return mostKeys;
  }

  /** How many keys have state in memory. */
  int keys() {
    return state.keysInMemory();
  }

  /** The lowest output watermark of all nodes. */
  long outputWatermark() {
    return stage.nodes().stream()
        .mapToLong(node -> processor.outputWatermark(node.id()))
        .min()
        .orElseThrow();
  }

  /** The stage has no side inputs. */
  private record ViewsOfNothing() implements SideInputs {
    @Override
    public boolean isReady(PCollectionView<?> view, BoundedWindow sideInputWindow) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long version(PCollectionView<?> view) {
      throw new UnsupportedOperationException("there are no views");
    }
  }

  @Override
  public void close() throws Exception {
    processor.close();
  }

  @Override
  public List<OutputPort> outgoing(NodeId producer, CollectionId collection) {
    boolean stateful =
        stage.nodes().stream()
            .anyMatch(
                node ->
                    node.id().equals(producer)
                        && node.operation() instanceof Operation.ParDo parDo
                        && parDo.stateful());
    return stateful ? List.of(this::collect) : List.of();
  }

  private void collect(WindowedValue<?> element) {
    outputs.add(element.getValue());
    mostKeys = Math.max(mostKeys, state.keysInMemory());
  }

  @Override
  public long undrainedWatermark(Edge edge) {
    return upstreamWatermark;
  }

  @Override
  public long watermark(Edge edge) {
    return upstreamWatermark;
  }

  @Override
  public long sourceWatermark(NodeId source) {
    return Timestamps.MAX;
  }

  @Override
  public long pendingProcessingTime(Edge edge) {
    return Long.MAX_VALUE;
  }

  @Override
  public Stage stage() {
    return stage;
  }

  @Override
  public Components components() {
    return components;
  }

  @Override
  public PipelineOptions options() {
    return PipelineOptionsFactory.create();
  }

  @Override
  public StagePolicy policy() {
    return new StagePolicy(false, 1000, 1000, 1000, false, true, false);
  }

  @Override
  public KeyedCells cells(NodeId node) {
    return state.cells(node);
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
  public Key laneKey() {
    return LaneKeys.of(0);
  }

  @Override
  public LongSupplier turns(NodeId node) {
    return new AtomicLong()::getAndIncrement;
  }

  @Override
  public long minHold(NodeId node) {
    return state.minHold(node);
  }

  @Override
  public SideInputs sideInputs(Node node) {
    return new ViewsOfNothing();
  }

  @Override
  public SideInputPublisher sideInputPublisher(NodeId materialize) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SpillSpace sideInputSpace() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MetricsContainer metrics(Node node) {
    return metrics;
  }

  @Override
  public MetricsContainer metrics(String fullName) {
    return metrics;
  }

  @Override
  public long processingTime() {
    return 0;
  }

  @Override
  public long epochProcessingTime() {
    return 0;
  }

  @Override
  public void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback) {}

  @Override
  public void wakeUp() {}

  @Override
  public void fail(Throwable failure) {
    throw new AssertionError(failure);
  }

  @Override
  public boolean draining() {
    return false;
  }

  @Override
  public boolean cancelled() {
    return false;
  }
}
