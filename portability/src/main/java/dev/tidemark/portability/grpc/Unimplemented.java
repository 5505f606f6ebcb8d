package dev.tidemark.portability.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/** Refuses a method before its request is read. */
record Unimplemented<Q, R>() implements ServerCallHandler<Q, R> {
  @Override
  public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
    call.close(
        Status.UNIMPLEMENTED.withDescription(
            call.getMethodDescriptor().getFullMethodName() + " is not offered by this server"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
