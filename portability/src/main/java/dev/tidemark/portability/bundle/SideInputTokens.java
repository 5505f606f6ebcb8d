package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.NodeId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The tokens under which workers may cache the side inputs of a job: the same for all lanes and
 * bundles, until a side input shows something else than what was read.
 *
 * <p>Thread-safe.
 */
final class SideInputTokens {
  private final Map<Which, Current> tokens = new ConcurrentHashMap<>();

  private record Which(NodeId node, String tag) {}

  private record Current(long version, ByteString token) {}

  /**
   * The token of a side input.
   *
   * @param tag of the side input at the node
   * @param version which never falls
   */
  ByteString token(NodeId node, String tag, long version) {
    Current current =
        tokens.compute(
            new Which(node, tag),
            (which, known) ->
                known != null && known.version() >= version
                    ? known
                    : new Current(version, CacheTokens.random()));
    return current.token();
  }
}
