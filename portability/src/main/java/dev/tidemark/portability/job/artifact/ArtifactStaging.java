package dev.tidemark.portability.job.artifact;

import dev.tidemark.portability.grpc.GrpcService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Function;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;

/**
 * The service by which clients hand over the artifacts of the jobs they prepare: they open a
 * stream, and the server asks.
 *
 * <p>Thread-safe.
 */
public final class ArtifactStaging {
  private final Function<String, Optional<Staging>> byToken;

  /**
   * The service.
   *
   * @param byToken finds the staging of a prepared job by the token that its client was given
   */
  public ArtifactStaging(Function<String, Optional<Staging>> byToken) {
    this.byToken = byToken;
  }

  /** What a server offers. */
  public ServerServiceDefinition service() {
    return GrpcService.of(ArtifactStagingServiceGrpc.getServiceDescriptor())
        .bidi(ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(), this::open)
        .build();
  }

  private StreamObserver<ArtifactResponseWrapper> open(
      StreamObserver<ArtifactRequestWrapper> requests) {
    return new StagingStream(byToken, requests);
  }
}
