package dev.tidemark.portability.server;

import static dev.tidemark.portability.job.JobClient.failure;
import static dev.tidemark.portability.job.JobClient.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.grpc.GrpcChannels;
import dev.tidemark.portability.grpc.Mutations;
import dev.tidemark.portability.grpc.RawCall;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.ScriptedJobs;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients may do, and the server still serves. */
final class HostileClientsTest {
  private final Path folder;
  private final ScriptedJobs jobs = new ScriptedJobs();

  HostileClientsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aWrongTokenIsRefused() throws Exception {
    ServerSettings listener =
        ServerSettings.loopback().withPatience(Duration.ofMillis(100)).withToken("secret");
    try (RunningServer server = new RunningServer(jobs, JobLimits.defaults(), folder, listener);
        JobClient without = server.client();
        JobClient wrong = server.client(MetadataUtils.newAttachHeadersInterceptor(token("x")));
        JobClient right =
            server.client(MetadataUtils.newAttachHeadersInterceptor(token("secret")))) {
      assertThat(failure(without::submit).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(failure(wrong::submit).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(wrong.stage("x", request -> List.of()).status().getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(right.submit()).isNotEmpty();
    }
  }

  private static Metadata token(String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return headers;
  }

  @Test
  void twoHundredSubmitAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(200);
    try (RunningServer server = new RunningServer(jobs, JobLimits.defaults(), folder);
        JobClient client = server.client()) {
      List<Future<JobApi.JobState.Enum>> ends = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        ends.add(
            threads.submit(
                () -> {
                  String job = client.submit();
                  List<JobApi.JobMessagesResponse> messages = client.messages(job);
                  return messages.get(messages.size() - 1).getStateResponse().getState();
                }));
      }
      for (int i = 0; i < 200; i++) {
        jobs.next().listener().ended(new JobEnd.Done());
      }
      for (Future<JobApi.JobState.Enum> end : ends) {
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(JobApi.JobState.Enum.DONE);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Requests as clients send them, with bits flipped, parts cut out or put in twice. */
  @Test
  void mutatedRequestsLeaveTheServerAlive() throws Exception {
    long seed = Long.getLong("mutation.seed", new Random().nextLong());
    int count = Integer.getInteger("mutation.count", 10_000);
    Random random = new Random(seed);
    Mutations mutations = new Mutations(random);
    // It writes a stack trace for each request that is no protobuf.
    Logger.getLogger("io.grpc.internal.SerializingExecutor").setLevel(Level.OFF);
    JobLimits limits = JobLimits.defaults().withPrepared(50, Duration.ofMinutes(10));
    try (RunningServer server = new RunningServer(jobs, limits, folder);
        JobClient client = server.client()) {
      ManagedChannel channel = GrpcChannels.plaintext(server.server().endpoint());
      List<RawCall> recorded = recorded(client);
      for (int i = 0; i < count; i++) {
        RawCall call = recorded.get(random.nextInt(recorded.size()));
        call.sendAndCheck(channel, mutations.of(call.request().toByteArray()), "seed " + seed);
        if (i % 100 == 0) {
          server.clock.advance(Duration.ofMinutes(10));
        }
      }
      channel.shutdownNow();
      server.clock.advance(Duration.ofMinutes(10));
      String job = client.submit();
      assertThat(client.state(job)).as("seed %s", seed).isEqualTo(JobApi.JobState.Enum.RUNNING);
      while (!jobs.next().job.jobId().equals(job)) {
        // those that mutated requests have run
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("seed %s", seed).isEmpty();
    }
  }

  private List<RawCall> recorded(JobClient client) throws InterruptedException {
    RunnerApi.Environment environment =
        RunnerApi.Environment.newBuilder()
            .setUrn("beam:env:docker:v1")
            .addDependencies(
                RunnerApi.ArtifactInformation.newBuilder()
                    .setTypeUrn("beam:artifact:type:file:v1")
                    .setRoleUrn("beam:artifact:role:staging_to:v1")
                    .setRolePayload(
                        RunnerApi.ArtifactStagingToRolePayload.newBuilder()
                            .setStagedName("a.jar")
                            .build()
                            .toByteString()))
            .build();
    JobApi.PrepareJobRequest prepare =
        JobApi.PrepareJobRequest.newBuilder()
            .setPipeline(pipeline(environment))
            .setJobName("job")
            .build();
    JobApi.PrepareJobResponse prepared = client.jobs().prepare(prepare);
    String job = client.submit();
    jobs.next().listener().ended(new JobEnd.Done());
    return List.of(
        new RawCall(JobServiceGrpc.getPrepareMethod(), prepare),
        new RawCall(
            JobServiceGrpc.getRunMethod(),
            JobApi.RunJobRequest.newBuilder()
                .setPreparationId(prepared.getPreparationId())
                .build()),
        new RawCall(
            JobServiceGrpc.getGetStateMethod(),
            JobApi.GetJobStateRequest.newBuilder().setJobId(job).build()),
        new RawCall(
            JobServiceGrpc.getGetStateStreamMethod(),
            JobApi.GetJobStateRequest.newBuilder().setJobId(job).build()),
        new RawCall(
            JobServiceGrpc.getGetMessageStreamMethod(),
            JobApi.JobMessagesRequest.newBuilder().setJobId(job).build()),
        new RawCall(
            JobServiceGrpc.getGetJobMetricsMethod(),
            JobApi.GetJobMetricsRequest.newBuilder().setJobId(job).build()),
        new RawCall(
            JobServiceGrpc.getGetPipelineMethod(),
            JobApi.GetJobPipelineRequest.newBuilder().setJobId(job).build()),
        new RawCall(JobServiceGrpc.getGetJobsMethod(), JobApi.GetJobsRequest.getDefaultInstance()),
        new RawCall(
            JobServiceGrpc.getDescribePipelineOptionsMethod(),
            JobApi.DescribePipelineOptionsRequest.getDefaultInstance()),
        new RawCall(
            JobServiceGrpc.getCancelMethod(),
            JobApi.CancelJobRequest.newBuilder().setJobId(job).build()),
        new RawCall(
            ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(),
            ArtifactApi.ArtifactResponseWrapper.newBuilder()
                .setStagingToken(prepared.getStagingSessionToken())
                .build()),
        new RawCall(
            ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(),
            ArtifactApi.ArtifactResponseWrapper.newBuilder()
                .setStagingToken(prepared.getStagingSessionToken())
                .setResolveArtifactResponse(
                    ArtifactApi.ResolveArtifactsResponse.newBuilder()
                        .addAllReplacements(environment.getDependenciesList()))
                .build()));
  }
}
