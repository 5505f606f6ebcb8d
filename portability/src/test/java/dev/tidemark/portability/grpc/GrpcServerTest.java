package dev.tidemark.portability.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcServerTest {
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void answersAsTheHandlerSays() throws Exception {
    try (GrpcServer server = GrpcServer.start(ServerSettings.loopback(), List.of(jobs()));
        Client client = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      assertThat(client.state("running").getState()).isEqualTo(JobState.Enum.RUNNING);
      assertThat(client.status("missing").getCode()).isEqualTo(Status.Code.NOT_FOUND);
      Status broken = client.status("broken");
      assertThat(broken.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(broken.getDescription()).contains("a bug");
    }
  }

  @Test
  void aMethodWithoutHandlerIsUnimplemented() throws Exception {
    try (GrpcServer server =
            GrpcServer.start(
                ServerSettings.loopback(),
                List.of(GrpcService.of(JobServiceGrpc.getServiceDescriptor()).build()));
        Client client = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      assertThat(client.status("running").getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }

  @Test
  void aCallWithoutTheTokenReachesNoHandler() throws Exception {
    ServerSettings settings = ServerSettings.loopback().withToken("secret");
    try (GrpcServer server = GrpcServer.start(settings, List.of(jobs()));
        Client client = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      assertThat(client.status("running").getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(client.bearing("Secret").status("running").getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(calls).hasValue(0);
      assertThat(client.bearing("secret").state("running").getState())
          .isEqualTo(JobState.Enum.RUNNING);
    }
  }

  @Test
  void aMessageOverTheCapIsRefused() throws Exception {
    ServerSettings settings = ServerSettings.loopback().withMaxMessageBytes(1000);
    try (GrpcServer server = GrpcServer.start(settings, List.of(jobs()));
        Client client = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      assertThat(client.status("x".repeat(2000)).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(calls).hasValue(0);
      assertThat(client.state("running").getState()).isEqualTo(JobState.Enum.RUNNING);
    }
  }

  @Test
  void whatIsNoMessageIsRefusedWithoutATraceInTheLog() throws Exception {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Logger grpc = Logger.getLogger("io.grpc");
    Handler handler = new Recording(logged);
    grpc.addHandler(handler);
    try (GrpcServer server = GrpcServer.start(ServerSettings.loopback(), List.of(jobs()));
        Client client = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      // A field of the type that no message has.
      assertThat(client.rawStatus(new byte[] {0x0f}).getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(calls).hasValue(0);
      assertThat(client.state("running").getState()).isEqualTo(JobState.Enum.RUNNING);
    } finally {
      grpc.removeHandler(handler);
    }
    assertThat(logged).filteredOn(line -> line.getThrown() != null).isEmpty();
  }

  private static final class Recording extends Handler {
    private final List<LogRecord> into;

    Recording(List<LogRecord> into) {
      this.into = into;
    }

    @Override
    public void publish(LogRecord line) {
      into.add(line);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private record Raw() implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      return new byte[0];
    }
  }

  @Test
  void itIsHealthyAndDescribesItsServices() throws Exception {
    try (GrpcServer server = GrpcServer.start(ServerSettings.loopback(), List.of(jobs()));
        Client client = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      assertThat(
              HealthGrpc.newBlockingStub(client.channel())
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);

      ServerReflectionResponse described =
          reflect(client, JobServiceGrpc.getServiceDescriptor().getName());
      assertThat(described.hasFileDescriptorResponse()).isTrue();
      assertThat(described.getFileDescriptorResponse().getFileDescriptorProto(0).toStringUtf8())
          .contains("DescribePipelineOptions");
    }
  }

  @Test
  void mutualTlsLetsInOnlyWhoIsTrusted(@TempDir Path folder) throws Exception {
    TlsFiles ours = TestCertificates.make(folder.resolve("ours"));
    TlsFiles theirs = TestCertificates.make(folder.resolve("theirs"));
    TlsFiles both = new TlsFiles(ours.certificates(), ours.key(), ours.certificates());
    TlsFiles stranger = new TlsFiles(theirs.certificates(), theirs.key(), ours.certificates());
    try (GrpcServer server =
            GrpcServer.start(ServerSettings.loopback().withTls(both), List.of(jobs()));
        Client friend = Client.of(GrpcChannels.tls(server.endpoint(), both));
        Client foe = Client.of(GrpcChannels.tls(server.endpoint(), stranger));
        Client plain = Client.of(GrpcChannels.plaintext(server.endpoint()))) {
      assertThat(friend.state("running").getState()).isEqualTo(JobState.Enum.RUNNING);
      assertThat(foe.status("running").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(plain.status("running").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void anEndpointIsAHostAndNothingElse() {
    assertThatThrownBy(() -> GrpcChannels.plaintext("unix"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GrpcChannels.plaintext("unix:/tmp/socket"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ServerServiceDefinition jobs() {
    return GrpcService.of(JobServiceGrpc.getServiceDescriptor())
        .unary(JobServiceGrpc.getGetStateMethod(), this::state)
        .build();
  }

  private JobStateEvent state(GetJobStateRequest request) throws Exception {
    calls.incrementAndGet();
    return switch (request.getJobId()) {
      case "running" -> JobStateEvent.newBuilder().setState(JobState.Enum.RUNNING).build();
      case "missing" -> throw Status.NOT_FOUND.asException();
      default -> throw new IllegalStateException("a bug");
    };
  }

  private static ServerReflectionResponse reflect(Client client, String symbol) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(client.channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable cause) {
                    answer.completeExceptionally(cause);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setFileContainingSymbol(symbol).build());
    ServerReflectionResponse response = answer.get(30, TimeUnit.SECONDS);
    requests.onCompleted();
    return response;
  }

  private record Client(Channel channel, List<ManagedChannel> owned) implements AutoCloseable {
    static Client of(ManagedChannel channel) {
      return new Client(channel, List.of(channel));
    }

    Client bearing(String token) {
      return new Client(
          ClientInterceptors.intercept(channel, new BearerToken(token).forClient()),
          new ArrayList<>());
    }

    JobStateEvent state(String job) {
      return ClientCalls.blockingUnaryCall(
          channel,
          GrpcMethods.of(JobServiceGrpc.getGetStateMethod()),
          CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
          GetJobStateRequest.newBuilder().setJobId(job).build());
    }

    Status rawStatus(byte[] request) {
      try {
        ClientCalls.blockingUnaryCall(
            channel,
            GrpcMethods.of(JobServiceGrpc.getGetStateMethod()).toBuilder(new Raw(), new Raw())
                .build(),
            CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
            request);
        return Status.OK;
      } catch (StatusRuntimeException e) {
        return e.getStatus();
      }
    }

    Status status(String job) {
      try {
        state(job);
        return Status.OK;
      } catch (StatusRuntimeException e) {
        return e.getStatus();
      }
    }

    @Override
    public void close() {
      owned.forEach(ManagedChannel::shutdownNow);
    }
  }
}
