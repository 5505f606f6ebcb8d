package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.translation.graph.CollectionId;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.StageGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/** Drives the lanes of one source node as a driver would, step by step. */
final class SourceBench {
  static final String NAME = "My Read/Lines";
  static final int UNBOUNDED_SPLITS = 5;

  final AtomicInteger wakeUps = new AtomicInteger();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();
  final MetricsContainerImpl metrics = new MetricsContainerImpl(NAME);
  private Clock clock = Clock.SYSTEM;
  private boolean streaming = true;
  private @Nullable IntFunction<KeyedCells> storedCells;

  SourceBench clock(Clock other) {
    clock = other;
    return this;
  }

  /** Under the batch policy; without this, the streaming policy. */
  SourceBench batch() {
    streaming = false;
    return this;
  }

  /** With a store for state; without this, there is none. */
  SourceBench storedCells(IntFunction<KeyedCells> cells) {
    storedCells = cells;
    return this;
  }

  static Operation read(BoundedSource<?> source) {
    return new Operation.BoundedRead(
        RunnerApi.ReadPayload.newBuilder()
            .setIsBounded(RunnerApi.IsBounded.Enum.BOUNDED)
            .setSource(ReadTranslation.toProto(source))
            .build());
  }

  static Operation read(UnboundedSource<?, ?> source) {
    return new Operation.UnboundedRead(
        RunnerApi.ReadPayload.newBuilder()
            .setIsBounded(RunnerApi.IsBounded.Enum.UNBOUNDED)
            .setSource(ReadTranslation.toProto(source))
            .build());
  }

  SourceContext context(Operation operation, int lanes) {
    return context(operation, lanes, RunnerApi.Components.getDefaultInstance());
  }

  SourceContext context(Operation operation, int lanes, RunnerApi.Components components) {
    Node node =
        new Node(
            new NodeId(NAME),
            operation,
            List.of(),
            Map.of("output", new CollectionId("lines")),
            List.of(),
            RunnerApi.PTransform.newBuilder().setUniqueName(NAME).build(),
            null);
    StageGraph graph = new StageGraph(List.of(), Map.of(), components);
    return new SourceContext(
        node,
        () -> new Components(graph),
        PipelineOptionsFactory.create(),
        new KeyGroups(StoredLanes.GROUPS, lanes),
        UNBOUNDED_SPLITS,
        streaming,
        storedCells,
        clock,
        metrics,
        Thread.currentThread().getContextClassLoader(),
        () -> Long.MIN_VALUE,
        wakeUps::incrementAndGet,
        failures::add);
  }

  static EmitBudget unlimited() {
    return new EmitBudget(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  static EmitBudget elements(long count) {
    return new EmitBudget(count, Long.MAX_VALUE);
  }

  /** Lets {@code lane} emit within {@code budget}; returns what it emitted. */
  static List<WindowedValue<?>> emit(SourceLane lane, EmitBudget budget) throws Exception {
    List<WindowedValue<?>> emitted = new ArrayList<>();
    lane.emit(emitted::add, budget);
    return emitted;
  }

  static List<Object> values(List<WindowedValue<?>> elements) {
    List<Object> values = new ArrayList<>();
    elements.forEach(element -> values.add(element.getValue()));
    return values;
  }

  long counter(String namespace, String name) {
    return metrics.getCounter(MetricName.named(namespace, name)).getCumulative();
  }

  /** Waits for something that another thread does. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("still waiting for: " + what).isNegative();
      Thread.sleep(1);
    }
  }

  static List<String> threadsNamed(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }
}
