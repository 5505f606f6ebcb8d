package dev.tidemark.portability.server;

import static dev.tidemark.portability.job.JobClient.failure;
import static dev.tidemark.portability.job.JobClient.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.job.JobClient;
import dev.tidemark.portability.job.JobEnd;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.portability.job.ScriptedJobs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
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
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.MessageLite;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
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
    int count = Integer.getInteger("mutation.count", 2_000);
    Random random = new Random(seed);
    // It writes a stack trace for each request that is no protobuf.
    Logger.getLogger("io.grpc.internal.SerializingExecutor").setLevel(Level.OFF);
    JobLimits limits = JobLimits.defaults().withPrepared(50, Duration.ofMinutes(10));
    try (RunningServer server = new RunningServer(jobs, limits, folder);
        JobClient client = server.client()) {
      List<Recorded> recorded = recorded(client);
      for (int i = 0; i < count; i++) {
        Recorded one = recorded.get(random.nextInt(recorded.size()));
        send(client, one.method(), mutated(one.request().toByteArray(), random));
        if (i % 100 == 0) {
          server.clock.advance(Duration.ofMinutes(10));
        }
      }
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

  private record Recorded(MethodDescriptor<?, ?> method, MessageLite request) {}

  private List<Recorded> recorded(JobClient client) throws InterruptedException {
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
        new Recorded(JobServiceGrpc.getPrepareMethod(), prepare),
        new Recorded(
            JobServiceGrpc.getRunMethod(),
            JobApi.RunJobRequest.newBuilder()
                .setPreparationId(prepared.getPreparationId())
                .build()),
        new Recorded(
            JobServiceGrpc.getGetStateMethod(),
            JobApi.GetJobStateRequest.newBuilder().setJobId(job).build()),
        new Recorded(
            JobServiceGrpc.getGetStateStreamMethod(),
            JobApi.GetJobStateRequest.newBuilder().setJobId(job).build()),
        new Recorded(
            JobServiceGrpc.getGetMessageStreamMethod(),
            JobApi.JobMessagesRequest.newBuilder().setJobId(job).build()),
        new Recorded(
            JobServiceGrpc.getGetJobMetricsMethod(),
            JobApi.GetJobMetricsRequest.newBuilder().setJobId(job).build()),
        new Recorded(
            JobServiceGrpc.getCancelMethod(),
            JobApi.CancelJobRequest.newBuilder().setJobId(job).build()),
        new Recorded(
            ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(),
            ArtifactApi.ArtifactResponseWrapper.newBuilder()
                .setStagingToken(prepared.getStagingSessionToken())
                .build()),
        new Recorded(
            ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(),
            ArtifactApi.ArtifactResponseWrapper.newBuilder()
                .setStagingToken(prepared.getStagingSessionToken())
                .setResolveArtifactResponse(
                    ArtifactApi.ResolveArtifactsResponse.newBuilder()
                        .addAllReplacements(environment.getDependenciesList()))
                .build()));
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    int changes = random.nextInt(4);
    for (int i = 0; i < changes && changed.length > 0; i++) {
      int at = random.nextInt(changed.length);
      int length = random.nextInt(changed.length - at + 1);
      changed =
          switch (random.nextInt(3)) {
            case 0 -> {
              changed[at] ^= (byte) (1 << random.nextInt(8));
              yield changed;
            }
            case 1 -> joined(changed, 0, at, at + length, changed.length);
            default -> joined(changed, 0, at + length, at, changed.length);
          };
    }
    return changed;
  }

  private static byte[] joined(byte[] bytes, int from, int to, int again, int end) {
    byte[] result = new byte[to - from + end - again];
    System.arraycopy(bytes, from, result, 0, to - from);
    System.arraycopy(bytes, again, result, to - from, end - again);
    return result;
  }

  /** Sends a message twice where the method takes more than one, and waits for the end. */
  private static void send(JobClient client, MethodDescriptor<?, ?> method, byte[] request)
      throws Exception {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.newBuilder(new Raw(), new Raw())
            .setType(method.getType())
            .setFullMethodName(method.getFullMethodName())
            .build();
    ClientCall<byte[], byte[]> call =
        client.channel().newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
    CompletableFuture<Status> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(1_000);
    call.sendMessage(request);
    if (!method.getType().clientSendsOneMessage()) {
      call.sendMessage(request);
    }
    call.halfClose();
    Status status = end.get(90, TimeUnit.SECONDS);
    if (!readable(method, request)) {
      return; // io.grpc answers such a call itself
    }
    assertThat(status.getCode())
        .as("%s: %s", method.getFullMethodName(), status.getDescription())
        .isNotIn(
            Status.Code.INTERNAL,
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNAVAILABLE);
  }

  private static boolean readable(MethodDescriptor<?, ?> method, byte[] request) {
    try {
      method.parseRequest(new ByteArrayInputStream(request));
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private record Raw() implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
