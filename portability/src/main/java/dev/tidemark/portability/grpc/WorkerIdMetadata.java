package dev.tidemark.portability.grpc;

import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.MetadataUtils;
import java.util.Optional;

/**
 * Which worker calls: the metadata {@code worker_id}. As an interceptor it only notes the id; the
 * services decide what a worker may do.
 *
 * <p>Thread-safe.
 */
public final class WorkerIdMetadata implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("worker_id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> CURRENT = Context.key("worker_id");

  /** The id that came with the call whose handler runs on this thread; empty if none did. */
  public static Optional<String> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** Puts an id on every call of a channel, as an SDK harness does. */
  public static ClientInterceptor forClient(String workerId) {
    Metadata headers = new Metadata();
    headers.put(HEADER, workerId);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String id = headers.get(HEADER);
    return id == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(CURRENT, id), call, headers, next);
  }
}
