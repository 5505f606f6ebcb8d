package dev.tidemark.runner.epoch;

import dev.tidemark.runner.schedule.LaneScheduler;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.StageGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a job in this process: builds it, drives it on a thread of its own, and takes it down again,
 * however it ends.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedExecution implements Execution {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedExecution.class);

  private final String jobName;
  private final JobAssembly assembly;
  private final JobContext job;
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile @Nullable LaneScheduler lanes;
  private volatile @Nullable EpochDriver driver;

  private EmbeddedExecution(String jobName, JobAssembly assembly) {
    this.jobName = jobName;
    this.assembly = assembly;
    this.job = assembly.job();
  }

  /**
   * Prepares a run on real threads and the machine's clock.
   *
   * @param graph what to run
   * @param options complete and checked, see {@link ExecutionOptions}
   * @param classLoader the loader of the user's classes
   * @throws IllegalArgumentException if something in the graph cannot be run; nothing has started
   */
  public static EmbeddedExecution create(
      StageGraph graph, PipelineOptions options, ClassLoader classLoader) {
    return create(graph, options, classLoader, Simulation.NONE);
  }

  /**
   * Prepares a run.
   *
   * @param simulation what to replace for a repeatable or adversarial run
   */
  public static EmbeddedExecution create(
      StageGraph graph, PipelineOptions options, ClassLoader classLoader, Simulation simulation) {
    return create(graph, options, classLoader, simulation, HarnessNodes.NONE);
  }

  /**
   * Prepares a run with functions in SDK harnesses.
   *
   * @param harnesses makes what runs them
   */
  public static EmbeddedExecution create(
      StageGraph graph,
      PipelineOptions options,
      ClassLoader classLoader,
      Simulation simulation,
      HarnessNodes harnesses) {
    return create(graph, options, classLoader, simulation, harnesses, null);
  }

  /**
   * Prepares a run that keeps its state in a store.
   *
   * @param store where the state is committed with every epoch, and read from; null for none. It
   *     stays the caller's, who closes it when the run has {@link #ended}; nobody else may use it
   *     before that
   */
  public static EmbeddedExecution create(
      StageGraph graph,
      PipelineOptions options,
      ClassLoader classLoader,
      Simulation simulation,
      HarnessNodes harnesses,
      @Nullable StateStore store) {
    return new EmbeddedExecution(
        options.getJobName(),
        new JobAssembly(graph, options, classLoader, simulation, harnesses, store));
  }

  @Override
  public void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("started already");
    }
    Thread thread = new Thread(this::run, "tidemark-driver (" + jobName + ")");
    thread.setContextClassLoader(job.classLoader());
    thread.setDaemon(false);
    thread.start();
  }

  private void run() {
    LaneScheduler scheduler = assembly.scheduler(jobName);
    lanes = scheduler;
    Committer committer = new Committer(jobName, job.classLoader(), job.clock(), job::fail);
    End end;
    try {
      end = drive(scheduler, committer);
    } catch (Throwable t) {
      end = job.cancelled() ? new End.Cancelled() : failed(t);
    }
    end = close(scheduler, committer, end);
    ended.complete(end);
  }

  private End drive(LaneScheduler scheduler, Committer committer) throws Exception {
    job.spill().removeLeftovers();
    EpochDriver epochs = assembly.driver(scheduler, committer);
    driver = epochs;
    scheduler.runAll(
        lane -> {
          for (StageExecution stage : assembly.stages()) {
            stage.lane(lane).open();
          }
        });
    epochs.run();
    if (job.cancelled()) {
      return new End.Cancelled();
    }
    return job.draining() ? new End.Drained() : new End.Done();
  }

  /** Tears everything down; a failure on the way is the job's if it had none. */
  private End close(LaneScheduler scheduler, Committer committer, End end) {
    End result = end;
    try {
      // An interrupt that was meant for the work must not hit the clean-up.
      Thread.interrupted();
      scheduler.runAll(this::closeLane);
    } catch (Throwable t) {
      if (end instanceof End.Done || end instanceof End.Drained) {
        result = failed(t);
      } else {
        LOG.warn("the clean-up after job {} failed", jobName, t);
      }
    }
    committer.close();
    scheduler.close();
    job.spill().close();
    return result;
  }

  private void closeLane(int lane) throws Exception {
    Thread.interrupted();
    List<Exception> failures = new ArrayList<>();
    for (StageExecution stage : assembly.stages()) {
      try {
        stage.lane(lane).close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      Exception first = failures.get(0);
      failures.subList(1, failures.size()).forEach(first::addSuppressed);
      throw first;
    }
  }

  private static End.Failed failed(Throwable thrown) {
    if (thrown instanceof TransformException blamed && blamed.getCause() != null) {
      return new End.Failed(blamed.transform(), blamed.getCause());
    }
    Throwable cause = thrown;
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new End.Failed(null, cause);
  }

  @Override
  public void cancel() {
    job.cancel();
    LaneScheduler running = lanes;
    if (running != null && !ended.isDone()) {
      running.interrupt();
    }
  }

  @Override
  public void drain() {
    job.requestDrain();
  }

  @Override
  public CompletableFuture<End> ended() {
    return ended;
  }

  @Override
  public MetricsContainerStepMap attemptedMetrics() {
    return job.metrics().attempted();
  }

  @Override
  public MetricsContainerStepMap committedMetrics() {
    return job.metrics().committed();
  }

  @Override
  public Progress progress() {
    List<StageProgress> stages = new ArrayList<>();
    long elements = 0;
    long watermark = Long.MAX_VALUE;
    for (StageExecution stage : assembly.stages()) {
      stages.add(stage.progress());
      elements += stage.sourceElements();
      watermark = Math.min(watermark, stage.lowestWatermark());
    }
    EpochDriver epochs = driver;
    return new Progress(epochs == null ? 0 : epochs.epoch(), elements, watermark, stages);
  }
}
