package dev.tidemark.translation.wire;

import dev.tidemark.translation.graph.OpaqueWindows;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/** Which window functions the runner has itself. */
public final class Windowings {
  private static final Set<String> STANDARD =
      Set.of(
          WindowingStrategyTranslation.GLOBAL_WINDOWS_URN,
          WindowingStrategyTranslation.FIXED_WINDOWS_URN,
          WindowingStrategyTranslation.SLIDING_WINDOWS_URN,
          WindowingStrategyTranslation.SESSION_WINDOWS_URN);

  private Windowings() {}

  /**
   * Whether only an SDK knows the function.
   *
   * @param foreign whether the pipeline came from elsewhere, so that a Java function must not be
   *     deserialized here
   */
  public static boolean isOpaque(RunnerApi.FunctionSpec windowFn, boolean foreign) {
    return !isStandard(windowFn)
        && (foreign
            || !windowFn
                .getUrn()
                .equals(WindowingStrategyTranslation.SERIALIZED_JAVA_WINDOWFN_URN));
  }

  /** Whether it is one of Beam's own, which is made from a few numbers. */
  public static boolean isStandard(RunnerApi.FunctionSpec windowFn) {
    return STANDARD.contains(windowFn.getUrn());
  }

  /** The strategy with windows that the runner need not understand. */
  static RunnerApi.WindowingStrategy opaque(String id, RunnerApi.WindowingStrategy windowing) {
    return windowing.toBuilder().setWindowFn(OpaqueWindows.of(id)).build();
  }
}
