package dev.tidemark.portability.server;

import dev.tidemark.portability.job.JobListener;
import dev.tidemark.runner.epoch.EmbeddedExecution;
import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.RunResources;
import dev.tidemark.runner.epoch.Simulation;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.job.DurableJobs;
import dev.tidemark.runner.job.TidemarkOptions;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.JobDescriber;
import dev.tidemark.translation.graph.StageGraph;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the run of a job on the embedded executor, its store and its harnesses.
 *
 * @param state where the job keeps its state; null if nowhere
 * @param memory what the jobs of this process take together
 * @param open makes the harnesses, and begins to start their workers
 */
record HostedRun(
    StageGraph graph,
    TidemarkOptions options,
    @Nullable NamedState state,
    MemoryBudget memory,
    Function<JobListener, JobHarnesses.Opened> open) {

  /**
   * A run that has not started.
   *
   * <p>Thread-safe.
   *
   * @param harnesses to be closed when the execution has ended
   */
  record Made(Execution execution, JobHarnesses.Opened harnesses) {}

  /**
   * Makes it, once; if that fails nothing is left of it.
   *
   * @throws dev.tidemark.runner.state.StateException if the state cannot be used, or does not fit
   *     the job
   */
  Made make(JobListener listener) {
    NamedState kept = state;
    if (kept == null) {
      return make(listener, null);
    }
    options.setFromSnapshot(kept.snapshot() == null ? null : kept.snapshot().toString());
    AtomicReference<JobHarnesses.@Nullable Opened> harnesses = new AtomicReference<>();
    Execution execution =
        DurableJobs.open(
            kept.directory(),
            JobDescriber.describeForeign(graph, options.getJobName(), options.getKeyGroups()),
            options,
            store -> {
              long epoch = store.manifest().epoch();
              listener.message(
                  JobListener.Level.BASIC,
                  epoch == 0
                      ? "The job keeps its state under the name \"" + kept.name() + "\"."
                      : "The job goes on from its state \""
                          + kept.name()
                          + "\" after epoch "
                          + epoch);
              Made made = make(listener, store);
              harnesses.set(made.harnesses());
              return made.execution();
            });
    return new Made(execution, Objects.requireNonNull(harnesses.get()));
  }

  private Made make(JobListener listener, @Nullable StateStore store) {
    JobHarnesses.Opened harnesses = open.apply(listener);
    try {
      return new Made(
          EmbeddedExecution.create(
              graph,
              options,
              HostedRun.class.getClassLoader(),
              Simulation.NONE,
              new RunResources(harnesses.nodes(), store, memory)),
          harnesses);
    } catch (RuntimeException | Error e) {
      harnesses.close();
      throw e;
    }
  }
}
