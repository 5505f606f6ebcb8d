package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.launch.RunningJobJvm;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobExecution;
import dev.tidemark.portability.job.JobListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.jspecify.annotations.Nullable;

/**
 * One run in a JVM of its own. The JVM is ended when the job has ended, and killed if it does not
 * heed a cancellation for a while; if it ends by itself, the job has failed.
 *
 * <p>Thread-safe.
 */
final class JvmJob implements JobExecution {
  /** How long the functions of a cancelled job may take to return. */
  private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

  /** Starts the JVM. */
  @FunctionalInterface
  interface Start {
    /** The JVM, whose output goes to {@code output}. */
    RunningJobJvm with(Consumer<? super String> output) throws LaunchException;
  }

  private final Start start;
  private @Nullable JvmConnection connection;
  private @Nullable RunningJobJvm jvm;
  private @Nullable JobListener listener;
  private boolean cancelled;
  private boolean drained;
  private boolean ended;
  private JobApi.MetricResults lastMetrics = JobApi.MetricResults.getDefaultInstance();

  JvmJob(Start start) {
    this.start = start;
  }

  @Override
  public void start(JobListener hears) {
    RunningJobJvm started;
    try {
      started = start.with(line -> hears.message(JobListener.Level.DETAILED, line));
    } catch (LaunchException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    boolean unwanted;
    synchronized (this) {
      jvm = started;
      listener = hears;
      unwanted = cancelled;
    }
    if (unwanted) {
      end(new JobEnd.Cancelled());
      return;
    }
    started.ended().thenAccept(how -> end(new JobEnd.Failed("The job failed, as " + how)));
    started.endpoint().thenAccept(endpoint -> connect(endpoint, started, hears));
  }

  private void connect(String endpoint, RunningJobJvm running, JobListener hears) {
    JvmConnection made = new JvmConnection(endpoint, running.token());
    boolean drain;
    synchronized (this) {
      if (ended) {
        made.close();
        return;
      }
      connection = made;
      drain = drained;
    }
    // A JVM that cannot be heard is of no use; its end ends the job.
    made.run(hears, this::end, running::requestEnd);
    if (drain) {
      made.drain();
    }
  }

  /** The first end counts. Whatever is still there of the job goes before anybody hears of it. */
  private void end(JobEnd end) {
    JvmConnection connected;
    RunningJobJvm running;
    JobListener hears;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      connected = connection;
      running = jvm;
      hears = listener;
    }
    if (connected != null) {
      keep(connected);
      connected.close();
    }
    if (running != null) {
      running.close();
    }
    if (hears != null) {
      hears.ended(end);
    }
  }

  @Override
  public void cancel() {
    JvmConnection connected;
    synchronized (this) {
      cancelled = true;
      connected = connection;
      if (jvm == null || ended) {
        return;
      }
    }
    if (connected != null) {
      connected.cancel();
    }
    long patience = connected == null ? 0 : CANCEL_PATIENCE.toMillis();
    CompletableFuture.delayedExecutor(patience, TimeUnit.MILLISECONDS)
        .execute(() -> end(new JobEnd.Cancelled()));
  }

  @Override
  public void drain() {
    JvmConnection connected;
    synchronized (this) {
      drained = true;
      connected = connection;
    }
    if (connected != null) {
      connected.drain();
    }
  }

  @Override
  public JobApi.MetricResults metrics() {
    JvmConnection connected;
    synchronized (this) {
      connected = ended ? null : connection;
    }
    if (connected != null) {
      keep(connected);
    }
    synchronized (this) {
      return lastMetrics;
    }
  }

  private void keep(JvmConnection connected) {
    JobApi.MetricResults now = connected.metrics();
    if (now != null) {
      synchronized (this) {
        lastMetrics = now;
      }
    }
  }
}
