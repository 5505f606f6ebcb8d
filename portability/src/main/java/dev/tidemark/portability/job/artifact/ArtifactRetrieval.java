package dev.tidemark.portability.job.artifact;

import dev.tidemark.portability.grpc.GrpcService;
import dev.tidemark.portability.grpc.WorkerIdMetadata;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * The service by which workers get the artifacts of their job, and of no other; and clients those
 * that an expansion refers to.
 *
 * <p>Thread-safe.
 */
public final class ArtifactRetrieval {
  private final Supplier<StagedArtifacts> ofCaller;

  /** A service with the same artifacts for all who may call it. */
  public ArtifactRetrieval(Supplier<StagedArtifacts> artifacts) {
    this.ofCaller = artifacts;
  }

  /**
   * The service for workers.
   *
   * @param ofWorker the artifacts of the job of a worker, by the worker's id; empty if there is no
   *     such worker
   */
  public ArtifactRetrieval(Function<String, Optional<StagedArtifacts>> ofWorker) {
    this(() -> ofWorker(ofWorker));
  }

  /** What a server offers on the workers' port. */
  public ServerServiceDefinition service() {
    return GrpcService.of(ArtifactRetrievalServiceGrpc.getServiceDescriptor())
        .unary(ArtifactRetrievalServiceGrpc.getResolveArtifactsMethod(), this::resolve)
        .serverStream(ArtifactRetrievalServiceGrpc.getGetArtifactMethod(), this::get)
        .build();
  }

  private ResolveArtifactsResponse resolve(ResolveArtifactsRequest request) {
    StagedArtifacts artifacts = ofCaller.get();
    request.getArtifactsList().forEach(reference -> find(artifacts, reference));
    return ResolveArtifactsResponse.newBuilder()
        .addAllReplacements(request.getArtifactsList())
        .build();
  }

  private void get(GetArtifactRequest request, StreamObserver<GetArtifactResponse> chunks) {
    StagedArtifact artifact = find(ofCaller.get(), request.getArtifact());
    try {
      FileStream.start(artifact.file(), (ServerCallStreamObserver<GetArtifactResponse>) chunks);
    } catch (IOException e) {
      throw Status.NOT_FOUND
          .withDescription("Artifact '" + artifact.name() + "' is no longer there")
          .withCause(e)
          .asRuntimeException();
    }
  }

  private static StagedArtifacts ofWorker(Function<String, Optional<StagedArtifacts>> ofWorker) {
    return WorkerIdMetadata.current()
        .flatMap(ofWorker)
        .orElseThrow(
            () ->
                Status.UNAUTHENTICATED
                    .withDescription("Artifacts are for the workers of a job: no such worker_id")
                    .asRuntimeException());
  }

  private static StagedArtifact find(
      StagedArtifacts artifacts, RunnerApi.ArtifactInformation reference) {
    return artifacts
        .find(reference)
        .orElseThrow(
            () ->
                Status.NOT_FOUND
                    .withDescription("There is no such artifact for this caller")
                    .asRuntimeException());
  }
}
