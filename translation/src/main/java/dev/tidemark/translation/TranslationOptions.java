package dev.tidemark.translation;

import dev.tidemark.translation.environment.EnvironmentPolicy;

/**
 * How a pipeline is to be translated.
 *
 * <p>Immutable.
 *
 * @param environments where user functions run
 * @param nativeReads whether a splittable function that does nothing but wrap a Java {@code
 *     BoundedSource} or {@code UnboundedSource} is turned back into a read of that source; leave it
 *     off where the user asked for splittable reads
 * @param foreign whether the pipeline came from elsewhere: none of its functions, coders and window
 *     functions is deserialized here, and all must run in harnesses
 */
public record TranslationOptions(
    EnvironmentPolicy environments, boolean nativeReads, boolean foreign) {

  /** For a Java pipeline that runs in its own JVM and had its reads converted already. */
  public static TranslationOptions directJava() {
    return new TranslationOptions(EnvironmentPolicy.directJava(), false, false);
  }

  /** For a pipeline that a client has sent: its functions all run in SDK harnesses. */
  public static TranslationOptions harness() {
    return new TranslationOptions(EnvironmentPolicy.harness(), false, true);
  }
}
