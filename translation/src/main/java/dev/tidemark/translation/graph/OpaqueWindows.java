package dev.tidemark.translation.graph;

/**
 * The window function of windowing strategies whose own one belongs to an SDK. The runner knows of
 * such windows their maximum timestamp and some bytes, and that they do not merge; only the SDK
 * assigns them.
 */
public final class OpaqueWindows {
  /** Stands in place of the SDK's function in strategies that the runner uses. */
  public static final String URN = "tidemark:window_fn:opaque:v1";

  private OpaqueWindows() {}
}
