package dev.tidemark.portability.expansion;

import dev.tidemark.expansion.ExpansionProtocol;
import dev.tidemark.portability.grpc.GrpcService;
import dev.tidemark.portability.job.artifact.ArtifactRetrieval;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformResponse;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.model.expansion.v1.ExpansionServiceGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Beam's expansion service, and the retrieval of the artifacts that its expansions refer to. The
 * process that expands is started by the first call, and again after it has ended.
 *
 * <p>Thread-safe.
 */
public final class ExpansionService implements AutoCloseable {
  private static final int CALLS_AT_ONCE = 16;

  private final ExpansionSettings settings;
  private final ClassPathArtifacts artifacts;
  private final Semaphore calls = new Semaphore(CALLS_AT_ONCE);
  private @Nullable ExpansionChild child;
  private boolean closed;

  /**
   * A service that has started nothing yet.
   *
   * @param ids gives out ids that nobody can guess
   */
  public ExpansionService(ExpansionSettings settings, Supplier<String> ids) {
    this.settings = settings;
    this.artifacts = new ClassPathArtifacts(settings.classPath(), ids);
  }

  /** What a server offers. */
  public List<ServerServiceDefinition> services() {
    return List.of(
        GrpcService.of(ExpansionServiceGrpc.getServiceDescriptor())
            .unary(ExpansionServiceGrpc.getExpandMethod(), this::expand)
            .unary(ExpansionServiceGrpc.getDiscoverSchemaTransformMethod(), this::discover)
            .build(),
        new ArtifactRetrieval(artifacts::known).service());
  }

  private ExpansionResponse expand(ExpansionRequest request) throws IOException {
    try {
      ExpansionResponse response =
          ExpansionResponse.parseFrom(call(ExpansionProtocol.EXPAND, request.toByteArray()));
      return response.getError().isEmpty()
          ? ExpandedEnvironments.withArtifacts(request, response, artifacts.references())
          : response;
    } catch (ExpansionException e) {
      return ExpansionResponse.newBuilder().setError(e.getMessage()).build();
    }
  }

  private DiscoverSchemaTransformResponse discover(DiscoverSchemaTransformRequest request)
      throws IOException {
    try {
      return DiscoverSchemaTransformResponse.parseFrom(
          call(ExpansionProtocol.DISCOVER, request.toByteArray()));
    } catch (ExpansionException e) {
      return DiscoverSchemaTransformResponse.newBuilder().setError(e.getMessage()).build();
    }
  }

  private byte[] call(byte kind, byte[] request) throws IOException, ExpansionException {
    if (!calls.tryAcquire()) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(CALLS_AT_ONCE + " expansions are under way; try again")
          .asRuntimeException();
    }
    try {
      return running().call(kind, request);
    } finally {
      calls.release();
    }
  }

  private synchronized ExpansionChild running() throws IOException, ExpansionException {
    if (closed) {
      throw new ExpansionException("The server is ending.");
    }
    ExpansionChild known = child;
    if (known == null || !known.alive()) {
      known = ExpansionChild.start(settings);
      child = known;
    }
    return known;
  }

  /** Ends the process; calls that are under way fail. */
  @Override
  public synchronized void close() {
    closed = true;
    if (child != null) {
      child.close();
    }
  }
}
