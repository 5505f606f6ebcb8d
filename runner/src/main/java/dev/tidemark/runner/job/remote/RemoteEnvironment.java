package dev.tidemark.runner.job.remote;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.apache.beam.sdk.util.construction.Environments;
import org.apache.beam.sdk.util.construction.resources.PipelineResources;

/** What a server has to know to run the functions of a pipeline that was made in this JVM. */
public final class RemoteEnvironment {
  /**
   * Says that a pipeline whose functions are all of this environment may be run as a whole by a JVM
   * that has the environment's dependencies as class path.
   */
  public static final String CAPABILITY = "tidemark:capability:job_jvm:v1";

  /** Says that this JVM can keep the state of the job in a directory that it is told. */
  public static final String STATE_CAPABILITY = "tidemark:capability:job_jvm_state:v1";

  private RemoteEnvironment() {}

  /**
   * Beam's image for this version, with the files that the options name, or else the whole class
   * path, as dependencies: their names say what is in them. A server of ours runs the pipeline in a
   * JVM of its own on those files, any other server in containers. Reads all files; folders are
   * packed.
   */
  public static RunnerApi.Environment of(RemoteOptions options) {
    List<String> files = options.getFilesToStage();
    if (files == null || files.isEmpty()) {
      files =
          PipelineResources.detectClassPathResourcesToStage(
              ReflectHelpers.findClassLoader(), options);
    }
    return Environments.JAVA_SDK_HARNESS_ENVIRONMENT.toBuilder()
        .addAllCapabilities(Environments.getJavaCapabilities())
        .addCapabilities(CAPABILITY)
        .addCapabilities(STATE_CAPABILITY)
        .addAllDependencies(Environments.getArtifacts(files))
        .build();
  }
}
