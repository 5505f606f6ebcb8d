package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.WorkerCertificates;
import dev.tidemark.portability.environment.WorkerEndpoints;
import dev.tidemark.portability.fn.FnServices;
import dev.tidemark.portability.fn.WorkerRegistry;
import dev.tidemark.portability.grpc.GrpcChannels;
import dev.tidemark.portability.grpc.GrpcMethods;
import dev.tidemark.portability.grpc.SelfSigned;
import dev.tidemark.portability.grpc.ServerSettings;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may talk to the port for workers that speak TLS. Whoever may is asked next for the id of a
 * worker: UNAUTHENTICATED says that the call was heard.
 */
final class WorkerListenersTest {
  private final Path folder;
  private WorkerListeners listeners;
  private WorkerEndpoints endpoints;
  private WorkerCertificates certificates;

  WorkerListenersTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void start() throws Exception {
    listeners =
        WorkerListeners.start(
            new WorkerListeners.Settings(
                ServerSettings.loopback().withPatience(Duration.ofMillis(100)), folder),
            FnServices.of(new WorkerRegistry()));
    endpoints = Objects.requireNonNull(listeners.addresses().tls());
    certificates = Objects.requireNonNull(endpoints.tls());
  }

  @AfterEach
  void stop() {
    listeners.close();
  }

  @Test
  void aWorkerOfOursIsHeard() throws Exception {
    assertThat(answer(withTls(certificates.own(), certificates.key())))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void whoShowsNoCertificateIsRefused() throws Exception {
    assertThat(answer(trusting(certificates.server()).build())).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void whoShowsAnotherCertificateIsRefused() throws Exception {
    SelfSigned stranger = SelfSigned.create("Tidemark's workers", "127.0.0.1");
    assertThat(answer(withTls(stranger.certificate(), stranger.key())))
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void plaintextIsRefused() {
    assertThat(answer(InsecureChannelCredentials.create())).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aWorkerTrustsThisServerOnly() throws Exception {
    SelfSigned stranger = SelfSigned.create("Tidemark's server", "127.0.0.1");
    assertThat(
            answer(
                trusting(stranger.certificate())
                    .keyManager(stream(certificates.own()), stream(certificates.key()))
                    .build()))
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void plaintextHasAPortOfItsOwn() {
    WorkerEndpoints plaintext = listeners.addresses().plaintext();
    assertThat(plaintext.tls()).isNull();
    assertThat(answer(GrpcChannels.plaintext(plaintext.control())))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void noKeyIsLeftBehind() {
    assertThat(folder).isEmptyDirectory();
  }

  private ChannelCredentials withTls(String certificate, String key) throws Exception {
    return trusting(certificates.server()).keyManager(stream(certificate), stream(key)).build();
  }

  private static TlsChannelCredentials.Builder trusting(String certificate) throws Exception {
    return TlsChannelCredentials.newBuilder().trustManager(stream(certificate));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Status.Code answer(ChannelCredentials credentials) {
    return answer(Grpc.newChannelBuilder(endpoints.control(), credentials).build());
  }

  private static Status.Code answer(ManagedChannel channel) {
    Status.Code[] code = {Status.Code.OK};
    try {
      assertThatThrownBy(
              () ->
                  ClientCalls.blockingUnaryCall(
                      channel,
                      GrpcMethods.of(ProvisionServiceGrpc.getGetProvisionInfoMethod()),
                      CallOptions.DEFAULT,
                      GetProvisionInfoRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class, e -> code[0] = e.getStatus().getCode());
      return code[0];
    } finally {
      channel.shutdownNow();
    }
  }
}
