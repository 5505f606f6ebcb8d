package dev.tidemark.translation.graph;

import java.util.Optional;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * The container image of an SDK. Every SDK names its own in the capabilities of its environments,
 * whatever they run in, so it tells of which SDK and version they are.
 *
 * <p>Immutable.
 *
 * @param name with the tag, as {@code apache/beam_java17_sdk:2.65.0}
 */
public record SdkImage(String name) {
  private static final String CAPABILITY = "beam:version:sdk_base:";

  /** The one that an environment names; empty if it names none. */
  public static Optional<SdkImage> of(RunnerApi.Environment environment) {
    return environment.getCapabilitiesList().stream()
        .filter(capability -> capability.startsWith(CAPABILITY))
        .map(capability -> new SdkImage(capability.substring(CAPABILITY.length())))
        .findFirst();
  }

  /**
   * Whether an environment is a Java SDK's. One that names no image is that of a Java pipeline
   * built in this JVM.
   */
  public static boolean isJava(RunnerApi.Environment environment) {
    return of(environment).map(SdkImage::isJava).orElse(true);
  }

  /** Whether it is the Java SDK's. */
  public boolean isJava() {
    return name.contains("java");
  }

  /** Whether it is the Python SDK's. */
  public boolean isPython() {
    return name.contains("python");
  }

  /** Its tag, which is the SDK's version where Beam has made it; empty if it has none. */
  public String tag() {
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "";
  }
}
