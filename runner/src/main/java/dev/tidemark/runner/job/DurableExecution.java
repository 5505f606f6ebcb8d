package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.state.directory.StateDirectory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that has a store, which is closed before anybody hears that the run has ended.
 *
 * <p>Thread-safe.
 */
final class DurableExecution implements Execution {
  private static final Logger LOG = LoggerFactory.getLogger(DurableExecution.class);

  private final Execution run;
  private final JobStore store;
  private final @Nullable FreshDirectory fresh;
  private final SnapshotService snapshots;
  private final CompletableFuture<End> ended;
  private volatile boolean left;

  /**
   * @param fresh the directory of the store if nobody asked for it; else null
   */
  DurableExecution(Execution run, JobStore store, @Nullable FreshDirectory fresh) {
    this.run = run;
    this.store = store;
    this.fresh = fresh;
    this.snapshots =
        new SnapshotService(
            store.path().getFileName().toString(),
            StateDirectory.snapshotRequests(store.path()),
            store::snapshot);
    this.ended =
        run.ended()
            .thenApply(
                end -> {
                  close(end);
                  return end;
                });
  }

  private void close(End end) {
    snapshots.close();
    boolean resumable = !isOver(end) && store.hasCommits();
    try {
      store.close();
    } catch (RuntimeException e) {
      // All epochs are committed, or the run has failed already.
      LOG.warn("the state of the job was not closed as it should be", e);
    }
    if (fresh != null) {
      fresh.settle(resumable);
    }
  }

  /** Whether nobody can want the job to go on. */
  private boolean isOver(End end) {
    return !(end instanceof End.Failed) && !(end instanceof End.Cancelled && left);
  }

  @Override
  public void start() {
    run.start();
    snapshots.start();
  }

  @Override
  public void cancel() {
    run.cancel();
  }

  @Override
  public void leave() {
    left = true;
    run.leave();
  }

  @Override
  public void drain() {
    run.drain();
  }

  @Override
  public Path snapshot(String name) {
    return store.snapshot(name);
  }

  @Override
  public CompletableFuture<End> ended() {
    return ended;
  }

  @Override
  public MetricsContainerStepMap attemptedMetrics() {
    return run.attemptedMetrics();
  }

  @Override
  public MetricsContainerStepMap committedMetrics() {
    return run.committedMetrics();
  }

  @Override
  public Progress progress() {
    return run.progress();
  }
}
