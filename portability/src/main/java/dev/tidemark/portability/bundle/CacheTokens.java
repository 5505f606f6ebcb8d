package dev.tidemark.portability.bundle;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;

/**
 * The tokens under which a worker may cache what it reads for one node and lane. A worker changes
 * user state that it has cached while a bundle runs, so its token is good only until a bundle
 * fails. Side inputs have tokens of their own.
 *
 * <p>Owned by the lane.
 */
final class CacheTokens {
  private static final int TOKEN_BYTES = 16;

  private final Supplier<List<CacheToken>> sideInputs;
  private CacheToken userState = make();

  /** Tokens for a node whose side inputs have those that {@code sideInputs} gives at the time. */
  CacheTokens(Supplier<List<CacheToken>> sideInputs) {
    this.sideInputs = sideInputs;
  }

  /** The tokens for the next bundle. */
  List<CacheToken> current() {
    List<CacheToken> tokens = new ArrayList<>(sideInputs.get());
    tokens.add(userState);
    return tokens;
  }

  /** Makes worthless what workers have cached of user state. */
  void renew() {
    userState = make();
  }

  private static CacheToken make() {
    return CacheToken.newBuilder()
        .setUserState(CacheToken.UserState.getDefaultInstance())
        .setToken(random())
        .build();
  }

  /** A token that was never given before. */
  static ByteString random() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
