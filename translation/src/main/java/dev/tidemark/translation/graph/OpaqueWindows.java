package dev.tidemark.translation.graph;

import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The window function of windowing strategies whose own one belongs to an SDK. The runner knows of
 * such windows their maximum timestamp and some bytes, unless they are encoded like Beam's own;
 * only the SDK assigns them, and merges them where the strategy says that they need it.
 */
public final class OpaqueWindows {
  /** Stands in place of the SDK's function in strategies that the runner uses. */
  public static final String URN = "tidemark:window_fn:opaque:v1";

  private static final Set<String> STANDARD_CODERS =
      Set.of("beam:coder:global_window:v1", "beam:coder:interval_window:v1");

  private OpaqueWindows() {}

  /**
   * The function that stands for that of a strategy.
   *
   * @param strategyId the strategy of the SDK, in the graph's components
   */
  public static RunnerApi.FunctionSpec of(String strategyId) {
    return RunnerApi.FunctionSpec.newBuilder()
        .setUrn(URN)
        .setPayload(ByteString.copyFromUtf8(strategyId))
        .build();
  }

  /** Whether a coder of windows is one of Beam's own: an SDK's function may make such windows. */
  public static boolean isStandardCoder(RunnerApi.Coder coder) {
    return STANDARD_CODERS.contains(coder.getSpec().getUrn());
  }

  /** The id of the SDK's strategy, of which {@code windowFn} is the opaque function. */
  public static String strategyOf(RunnerApi.FunctionSpec windowFn) {
    return windowFn.getPayload().toStringUtf8();
  }
}
