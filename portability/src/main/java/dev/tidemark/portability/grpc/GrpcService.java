package dev.tidemark.portability.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Defines one of Beam's services by a handler for each method. A method without one answers
 * UNIMPLEMENTED.
 *
 * <pre>{@code
 * ServerServiceDefinition jobs =
 *     GrpcService.of(JobServiceGrpc.getServiceDescriptor())
 *         .unary(JobServiceGrpc.getPrepareMethod(), this::prepare)
 *         .serverStream(JobServiceGrpc.getGetMessageStreamMethod(), this::messages)
 *         .build();
 * }</pre>
 *
 * <p>Handlers run on threads of the server, the calls of one stream one after the other. A handler
 * may block, but then nothing else of its call is heard, a cancellation either.
 *
 * <p>Not thread-safe; what is built is.
 */
public final class GrpcService {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcService.class);

  private final org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServiceDescriptor service;
  private final Map<String, MethodDescriptor<?, ?>> methods = new LinkedHashMap<>();
  private final Map<String, ServerCallHandler<?, ?>> handlers = new HashMap<>();

  private GrpcService(org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServiceDescriptor service) {
    this.service = service;
    for (org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<?, ?> method :
        service.getMethods()) {
      methods.put(method.getFullMethodName(), GrpcMethods.of(method));
    }
  }

  /** A service without handlers so far. */
  public static GrpcService of(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ServiceDescriptor service) {
    return new GrpcService(service);
  }

  /** Answers one request with one response. */
  @FunctionalInterface
  public interface Unary<Q, R> {
    /**
     * The response.
     *
     * @throws io.grpc.StatusException or {@link io.grpc.StatusRuntimeException}, what the client
     *     shall be told; anything else is logged and reported as INTERNAL, with its message
     */
    R answer(Q request) throws Exception;
  }

  /** Handles a method with one request and one response. */
  public <Q, R> GrpcService unary(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<Q, R> method,
      Unary<Q, R> handler) {
    return handle(
        method,
        ServerCalls.<Q, R>asyncUnaryCall(
            (request, responses) -> {
              R response;
              try {
                response = handler.answer(request);
              } catch (Exception e) {
                responses.onError(status(method.getFullMethodName(), e));
                return;
              }
              responses.onNext(response);
              responses.onCompleted();
            }));
  }

  /**
   * Handles a method with one request and many responses. The observer is a {@link
   * io.grpc.stub.ServerCallStreamObserver}: readiness and cancellation are heard through it.
   */
  public <Q, R> GrpcService serverStream(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<Q, R> method,
      ServerCalls.ServerStreamingMethod<Q, R> handler) {
    return handle(
        method,
        ServerCalls.<Q, R>asyncServerStreamingCall(
            (request, responses) -> {
              try {
                handler.invoke(request, responses);
              } catch (RuntimeException e) {
                responses.onError(status(method.getFullMethodName(), e));
              }
            }));
  }

  /** Handles a method with many requests and one response. */
  public <Q, R> GrpcService clientStream(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<Q, R> method,
      ServerCalls.ClientStreamingMethod<Q, R> handler) {
    return handle(method, ServerCalls.asyncClientStreamingCall(handler));
  }

  /**
   * Handles a method with many requests and many responses. The observer that the handler is given
   * is a {@link io.grpc.stub.ServerCallStreamObserver}. Use {@link #refuse} to refuse the stream.
   */
  public <Q, R> GrpcService bidi(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<Q, R> method,
      ServerCalls.BidiStreamingMethod<Q, R> handler) {
    return handle(method, ServerCalls.asyncBidiStreamingCall(handler));
  }

  /** Ends a stream with an error, and ignores what the client sends on it. */
  public static <Q> StreamObserver<Q> refuse(StreamObserver<?> responses, Status reason) {
    responses.onError(reason.asRuntimeException());
    return new Deaf<>();
  }

  /** The service, with reflection data. */
  public ServerServiceDefinition build() {
    ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(service.getName());
    SchemaDescriptors.of(service).ifPresent(descriptor::setSchemaDescriptor);
    List<ServerMethodDefinition<?, ?>> definitions =
        methods.values().stream().<ServerMethodDefinition<?, ?>>map(this::define).toList();
    // The very descriptors of the methods, which io.grpc wants.
    definitions.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(descriptor.build());
    definitions.forEach(definition::addMethod);
    return definition.build();
  }

  private <Q, R> GrpcService handle(
      org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor<Q, R> method,
      ServerCallHandler<Q, R> handler) {
    if (!methods.containsKey(method.getFullMethodName())) {
      throw new IllegalArgumentException(
          method.getFullMethodName() + " is no method of " + service.getName());
    }
    handlers.put(method.getFullMethodName(), handler);
    return this;
  }

  /** Safe, as handlers are put in under the name of a method of their own types. */
  @SuppressWarnings("unchecked")
  private <Q, R> ServerMethodDefinition<?, R> define(MethodDescriptor<Q, R> method) {
    ServerCallHandler<?, ?> handler = handlers.get(method.getFullMethodName());
    return LenientCall.of(
        method, handler == null ? new Unimplemented<>() : (ServerCallHandler<Q, R>) handler);
  }

  private static RuntimeException status(String method, Exception e) {
    Status status = Status.fromThrowable(e);
    if (status.getCode() != Status.Code.UNKNOWN) {
      return status.asRuntimeException();
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return Status.CANCELLED.withDescription("The server is ending").asRuntimeException();
    }
    LOG.warn("{} failed", method, e);
    return Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException();
  }
}
