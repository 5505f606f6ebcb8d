package dev.tidemark.runner.stage.stub;

import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The context of a node without state, timers and side inputs; collects its outputs, each with the
 * key that was current.
 */
public final class StubNodeContext implements NodeContext {
  /** What came out. */
  public record Output(@Nullable Key currentKey, WindowedValue<?> element) {}

  private final OneNodeGraph graph;
  private final Components components;
  private final boolean streaming;
  private final SpillSpace workSpace;
  private final List<Output> outputs = new ArrayList<>();
  private long inputWatermark = Timestamps.MIN;
  private @Nullable Key currentKey;

  /** Makes the context of the graph's node. */
  public StubNodeContext(OneNodeGraph graph, boolean streaming) {
    this(graph, streaming, SpillSpace.memoryOnly());
  }

  /** Makes the context of the graph's node, with memory and disk for what it gathers. */
  public StubNodeContext(OneNodeGraph graph, boolean streaming, SpillSpace workSpace) {
    this.workSpace = workSpace;
    this.graph = graph;
    this.components = new Components(graph.graph());
    this.streaming = streaming;
  }

  /** What came out up to now. */
  public List<Output> outputs() {
    return outputs;
  }

  /** The elements that came out up to now. */
  public List<WindowedValue<?>> elements() {
    List<WindowedValue<?>> elements = new ArrayList<>();
    outputs.forEach(output -> elements.add(output.element()));
    return elements;
  }

  /** Moves the watermark and tells the processor. */
  public void advanceWatermark(NodeProcessor processor, long watermarkMillis) throws Exception {
    inputWatermark = watermarkMillis;
    processor.advanceWatermark(watermarkMillis);
    boolean complete;
    do {
      complete = processor.resumePending();
    } while (!complete);
  }

  /** Few, so that whatever emits more does so in parts. */
  @Override
  public int maxTimersPerRound() {
    return 3;
  }

  @Override
  public Node node() {
    return graph.node();
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
  public SpillSpace workSpace() {
    return workSpace;
  }

  @Override
  public boolean streaming() {
    return streaming;
  }

  @Override
  public OutputPort output(CollectionId collection) {
    if (!collection.equals(OneNodeGraph.OUTPUT)) {
      throw new IllegalArgumentException("no output " + collection);
    }
    return element -> outputs.add(new Output(currentKey, element));
  }

  @Override
  public Key currentKey() {
    if (currentKey == null) {
      throw new IllegalStateException("no key");
    }
    return currentKey;
  }

  @Override
  public void setCurrentKey(Key key) {
    currentKey = key;
  }

  @Override
  public long inputWatermark() {
    return inputWatermark;
  }

  @Override
  public long outputWatermark() {
    return Timestamps.MIN;
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
  public long synchronizedProcessingTime() {
    return 0;
  }

  @Override
  public boolean draining() {
    return false;
  }

  @Override
  public Duration maxProcessTime() {
    return Duration.standardSeconds(1);
  }

  @Override
  public void wakeUp() {}

  @Override
  public KeyedCells cells() {
    throw new UnsupportedOperationException();
  }

  @Override
  public TimerService timers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SideInputs sideInputs() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MetricsContainer metrics() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void fail(Throwable failure) {
    throw new AssertionError(failure);
  }
}
