package dev.tidemark.translation.environment;

import dev.tidemark.translation.graph.SdkImage;
import dev.tidemark.translation.graph.Stage;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Decides where the functions of an SDK environment run.
 *
 * <p>Implementations are immutable and must answer the same for the same environment.
 */
@FunctionalInterface
public interface EnvironmentPolicy {

  /**
   * Where functions of the environment run.
   *
   * @param environmentId its id in the pipeline's components
   * @param environment what the SDK says of it
   */
  Stage.Kind place(String environmentId, RunnerApi.Environment environment);

  /**
   * Java functions are direct calls in this JVM, those of other languages run in a harness of their
   * environment. For a job that runs in the JVM that holds the user's classes.
   */
  static EnvironmentPolicy directJava() {
    return (id, environment) ->
        SdkImage.isJava(environment) ? new Stage.Kind.Embedded() : new Stage.Kind.Harness(id);
  }

  /**
   * All functions run in a harness of their environment. For a server, which loads no user code.
   */
  static EnvironmentPolicy harness() {
    return (id, environment) -> new Stage.Kind.Harness(id);
  }
}
