package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution;
import dev.tidemark.runner.epoch.ExecutionOptions;
import dev.tidemark.translation.graph.StageGraph;
import java.lang.reflect.InvocationTargetException;
import org.apache.beam.sdk.options.PipelineOptions;

/** The embedded executor, until it is there to be named. */
final class Embedded {
  static final ExecutionFactory FACTORY = Embedded::create;

  private Embedded() {}

  private static Execution create(StageGraph graph, ExecutionOptions options, ClassLoader loader) {
    try {
      return (Execution)
          Class.forName("dev.tidemark.runner.epoch.EmbeddedExecution")
              .getMethod("create", StageGraph.class, PipelineOptions.class, ClassLoader.class)
              .invoke(null, graph, options, loader);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
