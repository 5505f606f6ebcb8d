package dev.tidemark.portability.job;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientInterceptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** A client with Beam's own stubs, and with the limits that clients have by default. */
public final class JobClient implements AutoCloseable {
  private final ManagedChannel channel;

  /** A client of {@code host:port}. Its callbacks run in the order in which messages arrive. */
  public JobClient(String endpoint, ClientInterceptor... interceptors) {
    channel =
        ManagedChannelBuilder.forTarget(endpoint)
            .usePlaintext()
            .directExecutor()
            .intercept(interceptors)
            .build();
  }

  /** The connection. */
  public ManagedChannel channel() {
    return channel;
  }

  /** Calls that wait for their answer, half a minute at most. */
  public JobServiceGrpc.JobServiceBlockingStub jobs() {
    return JobServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /** Calls that do not wait. */
  public JobServiceGrpc.JobServiceStub streams() {
    return JobServiceGrpc.newStub(channel);
  }

  /** A pipeline with one transform and the given environments. */
  public static RunnerApi.Pipeline pipeline(RunnerApi.Environment... environments) {
    RunnerApi.Components.Builder components =
        RunnerApi.Components.newBuilder()
            .putTransforms(
                "impulse", RunnerApi.PTransform.newBuilder().setUniqueName("Impulse").build());
    for (int i = 0; i < environments.length; i++) {
      components.putEnvironments("environment" + i, environments[i]);
    }
    return RunnerApi.Pipeline.newBuilder()
        .setComponents(components)
        .addRootTransformIds("impulse")
        .build();
  }

  /** Prepares a job. */
  public JobApi.PrepareJobResponse prepare(RunnerApi.Pipeline pipeline) {
    return jobs()
        .prepare(
            JobApi.PrepareJobRequest.newBuilder().setPipeline(pipeline).setJobName("job").build());
  }

  /** Runs a prepared job; its id. */
  public String run(JobApi.PrepareJobResponse prepared) {
    return jobs()
        .run(
            JobApi.RunJobRequest.newBuilder().setPreparationId(prepared.getPreparationId()).build())
        .getJobId();
  }

  /** Prepares and runs a job without artifacts; its id. */
  public String submit() {
    return run(prepare(pipeline()));
  }

  /** A job's state. */
  public JobApi.JobState.Enum state(String jobId) {
    return jobs()
        .getState(JobApi.GetJobStateRequest.newBuilder().setJobId(jobId).build())
        .getState();
  }

  /** All messages of a job, until the stream ends. */
  public List<JobApi.JobMessagesResponse> messages(String jobId) {
    Iterator<JobApi.JobMessagesResponse> stream =
        jobs().getMessageStream(JobApi.JobMessagesRequest.newBuilder().setJobId(jobId).build());
    List<JobApi.JobMessagesResponse> all = new ArrayList<>();
    stream.forEachRemaining(all::add);
    return all;
  }

  /** What happened on a staging stream. */
  public record Staged(List<ArtifactRequestWrapper> requests, Status status) {}

  /**
   * Stages, as SDKs do.
   *
   * @param answers the messages for a request; if empty, the client hangs up
   */
  public Staged stage(
      String token, Function<ArtifactRequestWrapper, List<ArtifactResponseWrapper>> answers)
      throws Exception {
    CompletableFuture<Status> end = new CompletableFuture<>();
    List<ArtifactRequestWrapper> requests = new ArrayList<>();
    CompletableFuture<StreamObserver<ArtifactResponseWrapper>> out = new CompletableFuture<>();
    out.complete(
        ArtifactStagingServiceGrpc.newStub(channel)
            .reverseArtifactRetrievalService(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ArtifactRequestWrapper request) {
                    requests.add(request);
                    List<ArtifactResponseWrapper> messages = answers.apply(request);
                    if (messages.isEmpty()) {
                      out.join().onError(Status.CANCELLED.asRuntimeException());
                    }
                    messages.forEach(out.join()::onNext);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    end.complete(Status.fromThrowable(failure));
                  }

                  @Override
                  public void onCompleted() {
                    out.join().onCompleted();
                    end.complete(Status.OK);
                  }
                }));
    out.join().onNext(ArtifactResponseWrapper.newBuilder().setStagingToken(token).build());
    return new Staged(requests, end.get(30, TimeUnit.SECONDS));
  }

  /** The status with which a call fails. */
  public static Status failure(Runnable call) {
    return failureOf(call).orElseThrow(() -> new AssertionError("the call did not fail"));
  }

  private static Optional<Status> failureOf(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      return Optional.of(e.getStatus());
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
