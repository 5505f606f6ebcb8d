package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.state.directory.SnapshotRequests;
import dev.tidemark.runner.state.directory.StateDirectory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the snapshots of a durable job for which other processes ask.
 *
 * <p>Owned by the job's monitor thread.
 */
final class SnapshotService {
  private static final long PERIOD_MILLIS = 200;

  private final @Nullable SnapshotRequests requests;
  private final Function<String, Path> snapshot;
  private final LongSupplier clock;
  private final LongSupplier nanoTime;
  private long nextNanos;

  /**
   * @param requests of the job's directory; null if it has none
   * @param snapshot takes one
   * @param clock the time in milliseconds, as other processes know it
   */
  SnapshotService(
      @Nullable SnapshotRequests requests,
      Function<String, Path> snapshot,
      LongSupplier clock,
      LongSupplier nanoTime) {
    this.requests = requests;
    this.snapshot = snapshot;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.nextNanos = nanoTime.getAsLong();
  }

  static SnapshotService create(Execution execution) {
    return new SnapshotService(
        execution instanceof DurableExecution durable
            ? StateDirectory.snapshotRequests(durable.directory())
            : null,
        execution::snapshot,
        System::currentTimeMillis,
        System::nanoTime);
  }

  /** Answers those that are there, if it is time. */
  void tick() {
    if (requests != null && nanoTime.getAsLong() - nextNanos >= 0) {
      nextNanos = nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
      requests.answer(clock, snapshot);
    }
  }

  /** In how many milliseconds {@link #tick} has something to do. */
  long untilNextMillis() {
    return requests == null
        ? Long.MAX_VALUE
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nextNanos - nanoTime.getAsLong()) + 1);
  }
}
