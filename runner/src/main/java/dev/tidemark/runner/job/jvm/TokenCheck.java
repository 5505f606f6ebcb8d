package dev.tidemark.runner.job.jvm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerCallHandler;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServerInterceptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;

/**
 * Refuses calls that do not bear the job's token: every user of the machine can reach the port.
 *
 * <p>Immutable.
 */
final class TokenCheck implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final byte[] expected;

  TokenCheck(String token) {
    this.expected = ("Bearer " + token).getBytes(UTF_8);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String given = headers.get(AUTHORIZATION);
    if (given != null && MessageDigest.isEqual(given.getBytes(UTF_8), expected)) {
      return next.startCall(call, headers);
    }
    call.close(Status.UNAUTHENTICATED.withDescription("Not for you"), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
