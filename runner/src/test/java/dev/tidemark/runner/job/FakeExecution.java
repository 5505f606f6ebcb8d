package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/** An execution that does nothing but what a test tells it. Thread-safe. */
final class FakeExecution implements Execution {
  final MetricsContainerStepMap attempted = new MetricsContainerStepMap();
  final MetricsContainerStepMap committed = new MetricsContainerStepMap();
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private volatile Runnable onStart = () -> {};
  volatile boolean started;
  volatile boolean cancelled;
  volatile boolean drained;
  volatile Runnable onCancel = () -> end(new End.Cancelled());

  /** An execution that ends as soon as it starts. */
  static FakeExecution endingWith(End end) {
    FakeExecution execution = new FakeExecution();
    execution.onStart = () -> execution.end(end);
    return execution;
  }

  void end(End end) {
    ended.complete(end);
  }

  @Override
  public void start() {
    started = true;
    onStart.run();
  }

  @Override
  public void cancel() {
    cancelled = true;
    onCancel.run();
  }

  @Override
  public void drain() {
    drained = true;
    end(new End.Drained());
  }

  @Override
  public CompletableFuture<End> ended() {
    return ended;
  }

  @Override
  public MetricsContainerStepMap attemptedMetrics() {
    return attempted;
  }

  @Override
  public MetricsContainerStepMap committedMetrics() {
    return committed;
  }

  @Override
  public Progress progress() {
    return new Progress(0, 0, 0, List.of());
  }
}
