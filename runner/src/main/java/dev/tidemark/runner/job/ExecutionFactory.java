package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.translation.graph.StageGraph;

/** Makes the execution of a job: the host behind the runner. */
@FunctionalInterface
public interface ExecutionFactory {

  /**
   * Makes an execution that has not started yet.
   *
   * @param graph what to run
   * @param options complete and checked
   * @param userClasses the loader of the user's classes
   */
  Execution create(StageGraph graph, ExecutionOptions options, ClassLoader userClasses);
}
