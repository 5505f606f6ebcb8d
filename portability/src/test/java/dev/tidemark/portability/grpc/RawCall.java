package dev.tidemark.portability.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.MessageLite;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;

/**
 * A request as it was recorded, which can be sent with other bytes in its place.
 *
 * @param method whose request it is
 * @param request what a client would have sent
 */
public record RawCall(
    org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<?, ?> method,
    MessageLite request) {
  private static final int SECONDS = 60;
  private static final int ANSWERS = 1_000;

  /** Sends {@code bytes}, twice where the method takes more than one; waits for the end. */
  public Status send(Channel channel, byte[] bytes) throws Exception {
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            rawMethod(), CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS));
    CompletableFuture<Status> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(ANSWERS);
    call.sendMessage(bytes);
    if (!method.getType().clientSendsOneMessage()) {
      call.sendMessage(bytes);
    }
    call.halfClose();
    return end.get(2 * SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Sends {@code bytes}; the answer must be one that the server has thought about, unless the bytes
   * are no message at all, which io.grpc answers itself.
   */
  public void sendAndCheck(Channel channel, byte[] bytes, String seed) throws Exception {
    Status status = send(channel, bytes);
    if (isMessage(bytes)) {
      assertThat(status.getCode())
          .as("%s, seed %s: %s", method.getFullMethodName(), seed, status.getDescription())
          .isNotIn(
              Status.Code.INTERNAL,
              Status.Code.UNKNOWN,
              Status.Code.DEADLINE_EXCEEDED,
              Status.Code.UNAVAILABLE);
    }
  }

  /** The method with bytes for messages. */
  public MethodDescriptor<byte[], byte[]> rawMethod() {
    return MethodDescriptor.newBuilder(new BytesMarshaller(), new BytesMarshaller())
        .setType(MethodDescriptor.MethodType.valueOf(method.getType().name()))
        .setFullMethodName(method.getFullMethodName())
        .build();
  }

  /** Whether {@code bytes} are a request of the method at all. */
  public boolean isMessage(byte[] bytes) {
    try {
      method.parseRequest(new ByteArrayInputStream(bytes));
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
