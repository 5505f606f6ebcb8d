package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.OutputPort;
import dev.tidemark.runner.stage.SideInputs;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A host for one processor, in the hands of a test. */
final class StubNodeContext implements NodeContext, SideInputs {
  final Map<CollectionId, List<WindowedValue<?>>> emitted = new LinkedHashMap<>();
  final List<DoFn.BundleFinalizer.Callback> callbacks = new ArrayList<>();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();
  final AtomicInteger wakeUps = new AtomicInteger();
  final Map<BoundedWindow, Object> sideInput = new HashMap<>();
  final MetricsContainerImpl metrics = new MetricsContainerImpl("step");
  final Clock clock;
  boolean streaming = true;
  volatile boolean draining;
  Duration maxProcessTime = Duration.standardSeconds(10);
  private final Node node;
  private final Components components;
  private final StubCells cells;

  StubNodeContext(Node node, StageGraph graph, StubCells cells, Clock clock) {
    this.node = node;
    this.components = new Components(graph);
    this.cells = cells;
    this.clock = clock;
  }

  /** What was emitted to the output with this tag. */
  List<WindowedValue<?>> emitted(String tag) {
    CollectionId collection = node.outputs().get(tag);
    if (collection == null) {
      throw new AssertionError("no output " + tag + " among " + node.outputs().keySet());
    }
    return emitted.getOrDefault(collection, List.of());
  }

  @Override
  public Node node() {
    return node;
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
  public boolean streaming() {
    return streaming;
  }

  @Override
  public OutputPort output(CollectionId collection) {
    return element -> emitted.computeIfAbsent(collection, id -> new ArrayList<>()).add(element);
  }

  @Override
  public Key currentKey() {
    throw new IllegalStateException("not keyed");
  }

  @Override
  public void setCurrentKey(Key key) {
    throw new IllegalStateException("not keyed");
  }

  @Override
  public StubCells cells() {
    return cells;
  }

  @Override
  public TimerService timers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SideInputs sideInputs() {
    return this;
  }

  @Override
  public boolean isReady(PCollectionView<?> view, BoundedWindow sideInputWindow) {
    return sideInput.containsKey(sideInputWindow);
  }

  @Override
  public long version(PCollectionView<?> view) {
    return 0;
  }

  @Override
  @SuppressWarnings("unchecked") // the test gives what its view shows
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    return (T) sideInput.get(sideInputWindow);
  }

  @Override
  public long inputWatermark() {
    return Timestamps.MIN;
  }

  @Override
  public long outputWatermark() {
    return Timestamps.MIN;
  }

  @Override
  public long processingTime() {
    return clock.millis();
  }

  @Override
  public long epochProcessingTime() {
    return clock.millis();
  }

  @Override
  public long synchronizedProcessingTime() {
    return clock.millis();
  }

  @Override
  public MetricsContainer metrics() {
    return metrics;
  }

  @Override
  public void afterCommit(Instant expiry, DoFn.BundleFinalizer.Callback callback) {
    callbacks.add(callback);
  }

  @Override
  public void wakeUp() {
    wakeUps.incrementAndGet();
  }

  @Override
  public void fail(Throwable failure) {
    failures.add(failure);
  }

  @Override
  public boolean draining() {
    return draining;
  }

  @Override
  public Duration maxProcessTime() {
    return maxProcessTime;
  }
}
