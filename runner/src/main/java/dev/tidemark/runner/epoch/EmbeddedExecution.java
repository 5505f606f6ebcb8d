package dev.tidemark.runner.epoch;

import dev.tidemark.runner.deadletter.DeadLetterBook;
import dev.tidemark.runner.schedule.Clock;
import dev.tidemark.runner.stage.DeadLetters;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.StageGraph;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job in this process: builds it, drives it on a thread of its own, and takes it down again,
 * however it ends. A job that keeps its state, and fails, is built anew and goes on from what is
 * committed, some times.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedExecution implements Execution {
  /** How often a job that waits looks at its clock, which somebody may have moved. */
  private static final long LOOK_MILLIS = 20;

  private final String jobName;
  private final Assembler assembler;
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final @Nullable Recovery recovery;
  private boolean cancelRequested;
  private boolean drainRequested;
  private volatile Attempt attempt;

  /** Builds the job, for its first run or, with the metrics of the one that failed, for another. */
  @FunctionalInterface
  private interface Assembler {
    JobAssembly assemble(@Nullable JobMetrics discarded);
  }

  /**
   * @param recovery decides what follows a failure; null if the job cannot go on
   */
  private EmbeddedExecution(String jobName, Assembler assembler, @Nullable Recovery recovery) {
    this.jobName = jobName;
    this.assembler = assembler;
    this.recovery = recovery;
    this.attempt = new Attempt(jobName, assembler.assemble(null));
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
    return create(graph, options, classLoader, simulation, RunResources.NONE);
  }

  /**
   * Prepares a run that has more than the options say.
   *
   * @param resources stay the caller's
   */
  public static EmbeddedExecution create(
      StageGraph graph,
      PipelineOptions options,
      ClassLoader classLoader,
      Simulation simulation,
      RunResources resources) {
    ExecutionOptions given = options.as(ExecutionOptions.class);
    String jobName = options.getJobName();
    DeadLetterBook letters = DeadLetterOptions.book(graph, given, jobName);
    // A job that leaves elements out goes back to its last commit, if only in memory.
    StateStore store = resources.store();
    StateStore used = store == null && letters != null ? new HeapStateStore() : store;
    RunResources first = resources.with(used);
    Recovery recovery = used == null ? null : new Recovery(jobName, RetryPolicy.of(given), letters);
    DeadLetters left = recovery == null ? DeadLetters.NONE : recovery.deadLetters();
    return new EmbeddedExecution(
        jobName,
        discarded ->
            new JobAssembly(
                graph,
                options,
                classLoader,
                simulation,
                discarded == null ? first : first.renewed(),
                left,
                discarded),
        recovery);
  }

  @Override
  public void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("started already");
    }
    Thread thread = new Thread(this::run, "tidemark-driver (" + jobName + ")");
    thread.setContextClassLoader(attempt.job().classLoader());
    thread.setDaemon(false);
    thread.start();
  }

  private void run() {
    ended.complete(recovery == null ? attempt.run().end() : run(recovery));
  }

  private End run(Recovery decisions) {
    Clock clock = attempt.job().clock();
    long started = clock.millis();
    Attempt.Outcome outcome = attempt.run();
    while (true) {
      Recovery.Next next = decisions.after(outcome, clock.millis() - started);
      if (next instanceof Recovery.Next.End end) {
        return end.end();
      }
      if (!await(clock, ((Recovery.Next.GoOn) next).delayMillis())) {
        return new End.Cancelled();
      }
      started = clock.millis();
      outcome = again();
    }
  }

  /** Waits; returns whether the job goes on, as nobody has cancelled it. */
  private synchronized boolean await(Clock clock, long millis) {
    long started = clock.millis();
    try {
      // The machine's clock may be set back, too.
      for (long waited = 0; !cancelRequested && waited < millis; ) {
        wait(Math.min(millis - waited, LOOK_MILLIS));
        waited = Math.abs(clock.millis() - started);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !cancelRequested;
  }

  private Attempt.Outcome again() {
    Attempt next;
    try {
      next = new Attempt(jobName, assembler.assemble(attempt.job().metrics()));
    } catch (RuntimeException e) {
      return Attempt.Outcome.failed(e, false);
    }
    synchronized (this) {
      attempt = next;
      if (drainRequested) {
        next.job().requestDrain();
      }
      if (cancelRequested) {
        next.job().cancel();
      }
    }
    return next.run();
  }

  @Override
  public synchronized void cancel() {
    cancelRequested = true;
    notifyAll();
    attempt.cancel();
  }

  @Override
  public synchronized void drain() {
    drainRequested = true;
    attempt.job().requestDrain();
  }

  @Override
  public CompletableFuture<End> ended() {
    return ended;
  }

  @Override
  public MetricsContainerStepMap attemptedMetrics() {
    return attempt.job().metrics().attempted();
  }

  @Override
  public MetricsContainerStepMap committedMetrics() {
    return attempt.job().metrics().committed();
  }

  @Override
  public Progress progress() {
    return attempt.progress();
  }
}
