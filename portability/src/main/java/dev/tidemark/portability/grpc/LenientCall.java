package dev.tidemark.portability.grpc;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses requests that are no messages of their method: the client is told INVALID_ARGUMENT, and
 * the log has one line. Left to itself io.grpc logs a stack trace for each, and says UNKNOWN.
 *
 * <p>Heard by one thread at a time.
 */
final class LenientCall<Q> extends ServerCall.Listener<LenientCall.Parsed<Q>> {
  private static final Logger LOG = LoggerFactory.getLogger(LenientCall.class);

  private final PlainCall<Q, ?> call;
  private final ServerCall.Listener<Q> handler;
  private boolean refused;

  /** A request, or that it is none. */
  record Parsed<Q>(@Nullable Q message) {}

  private LenientCall(PlainCall<Q, ?> call, ServerCall.Listener<Q> handler) {
    this.call = call;
    this.handler = handler;
  }

  /** The method, for a server. */
  static <Q, R> ServerMethodDefinition<Parsed<Q>, R> of(
      MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
    return ServerMethodDefinition.create(
        method.toBuilder(
                new LenientMarshaller<>(method.getRequestMarshaller()),
                method.getResponseMarshaller())
            .build(),
        (call, headers) -> {
          PlainCall<Q, R> plain = new PlainCall<>(call, method);
          return new LenientCall<>(plain, handler.startCall(plain, headers));
        });
  }

  @Override
  public void onMessage(Parsed<Q> request) {
    if (refused) {
      return;
    }
    Q message = request.message();
    if (message != null) {
      handler.onMessage(message);
      return;
    }
    refused = true;
    String method = call.getMethodDescriptor().getFullMethodName();
    LOG.info("A client has sent {} what is no message of it", method);
    call.close(
        Status.INVALID_ARGUMENT.withDescription("Not a message of " + method), new Metadata());
    handler.onCancel();
  }

  @Override
  public void onHalfClose() {
    if (!refused) {
      handler.onHalfClose();
    }
  }

  @Override
  public void onCancel() {
    if (!refused) {
      handler.onCancel();
    }
  }

  @Override
  public void onComplete() {
    if (!refused) {
      handler.onComplete();
    }
  }

  @Override
  public void onReady() {
    if (!refused) {
      handler.onReady();
    }
  }

  /**
   * The call as the handler knows it. What it still sends when the request was refused is dropped:
   * it may not have heard of that yet.
   */
  private static final class PlainCall<Q, R>
      extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {
    private final MethodDescriptor<Q, R> method;
    private boolean closed;

    @SuppressWarnings("unchecked") // of a call's methods only the one below speaks of requests
    PlainCall(ServerCall<?, R> call, MethodDescriptor<Q, R> method) {
      super((ServerCall<Q, R>) call);
      this.method = method;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
      return method;
    }
  }

  private record LenientMarshaller<Q>(Marshaller<Q> strict) implements Marshaller<Parsed<Q>> {
    @Override
    public InputStream stream(Parsed<Q> value) {
      throw new UnsupportedOperationException("requests are not sent by a server");
    }

    @Override
    public Parsed<Q> parse(InputStream stream) {
      try {
        return new Parsed<>(strict.parse(stream));
      } catch (StatusRuntimeException e) {
        // How large a message may be is a matter of the transport, and not for this to forgive.
        if (e.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
          throw e;
        }
        return new Parsed<>(null);
      }
    }
  }
}
