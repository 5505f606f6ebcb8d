package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.StageGraph;
import org.jspecify.annotations.Nullable;

/** Makes the execution of a job: the host behind the runner. */
@FunctionalInterface
public interface ExecutionFactory {

  /**
   * Makes an execution that has not started yet.
   *
   * @param graph what to run
   * @param options complete and checked
   * @param userClasses the loader of the user's classes
   * @param store where the job keeps its state and goes on from, or null for none; the caller's
   */
  Execution create(
      StageGraph graph,
      ExecutionOptions options,
      ClassLoader userClasses,
      @Nullable StateStore store);
}
