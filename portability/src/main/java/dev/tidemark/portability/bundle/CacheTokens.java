package dev.tidemark.portability.bundle;

import java.security.SecureRandom;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest.CacheToken;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;

/**
 * The token under which a worker may cache the user state of one node and lane. A worker changes
 * what it has cached while a bundle runs, so the token is good only until a bundle fails.
 *
 * <p>Owned by the lane.
 */
final class CacheTokens {
  private static final int TOKEN_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private CacheToken userState = make();

  /** The token for the next bundle. */
  CacheToken userState() {
    return userState;
  }

  /** Makes worthless what workers have cached. */
  void renew() {
    userState = make();
  }

  private CacheToken make() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    ByteString token = UnsafeByteOperations.unsafeWrap(bytes);
    return CacheToken.newBuilder()
        .setUserState(CacheToken.UserState.getDefaultInstance())
        .setToken(token)
        .build();
  }
}
