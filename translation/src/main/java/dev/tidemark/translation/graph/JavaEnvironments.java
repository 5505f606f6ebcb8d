package dev.tidemark.translation.graph;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/** Tells Java environments from others by what the SDKs state in their capabilities. */
public final class JavaEnvironments {
  private static final String SDK_BASE = "beam:version:sdk_base:";

  private JavaEnvironments() {}

  /**
   * Whether the environment is a Java SDK's. Every SDK names its base image in its capabilities; an
   * environment without any is that of a Java pipeline built in this JVM.
   */
  public static boolean isJava(RunnerApi.Environment environment) {
    boolean named = false;
    for (String capability : environment.getCapabilitiesList()) {
      if (capability.startsWith(SDK_BASE)) {
        named = true;
        if (capability.contains("java")) {
          return true;
        }
      }
    }
    return !named;
  }
}
