package dev.tidemark.portability.grpc;

import io.grpc.MethodDescriptor;

/**
 * Beam's vendored method descriptors as those of {@code io.grpc}; the messages stay Beam's own.
 *
 * <p>Thread-safe.
 */
public final class GrpcMethods {
  private GrpcMethods() {}

  /**
   * The same method for {@code io.grpc}, for servers and for {@link io.grpc.stub.ClientCalls}.
   *
   * @param method for instance {@code BeamFnControlGrpc.getControlMethod()}
   */
  public static <Q, R> MethodDescriptor<Q, R> of(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<Q, R> method) {
    return MethodDescriptor.newBuilder(
            new DelegatingMarshaller<>(method.getRequestMarshaller()),
            new DelegatingMarshaller<>(method.getResponseMarshaller()))
        .setType(MethodDescriptor.MethodType.valueOf(method.getType().name()))
        .setFullMethodName(method.getFullMethodName())
        .build();
  }
}
