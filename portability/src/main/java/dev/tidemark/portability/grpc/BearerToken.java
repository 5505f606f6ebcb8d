package dev.tidemark.portability.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.security.MessageDigest;

/**
 * A secret that both sides know. As an interceptor of a server it refuses a call without it before
 * any message is read.
 *
 * <p>Immutable.
 */
public final class BearerToken implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final String header;

  /** The token's text, ASCII. */
  public BearerToken(String token) {
    header = "Bearer " + token;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String given = headers.get(AUTHORIZATION);
    if (given != null && MessageDigest.isEqual(given.getBytes(UTF_8), header.getBytes(UTF_8))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            given == null
                ? "This server wants a bearer token in the metadata 'authorization'"
                : "The bearer token is not that of this server"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Puts the token on every call of a channel; use it with TLS or on loopback only. */
  public ClientInterceptor forClient() {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, header);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }
}
