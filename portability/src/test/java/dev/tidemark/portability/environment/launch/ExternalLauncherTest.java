package dev.tidemark.portability.environment.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.model.pipeline.v1.Endpoints;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ExternalLauncherTest {
  private final Path folder;

  ExternalLauncherTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static RunnerApi.Environment environment(String pool) {
    return LaunchFixture.environment(
        ExternalLauncher.URN,
        RunnerApi.ExternalPayload.newBuilder()
            .setEndpoint(Endpoints.ApiServiceDescriptor.newBuilder().setUrl(pool))
            .putParams("key", "value")
            .build());
  }

  @Test
  void thePoolIsToldWhereAllServicesAre() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder);
        TestPool pool = new TestPool("")) {
      ExternalLauncher launcher = new ExternalLauncher(LaunchSettings.LOOPBACK_POOLS);
      assertThat(launcher.problem(environment(pool.endpoint()))).isNull();
      LaunchedWorker worker = launcher.start(fixture.start(environment(pool.endpoint())));
      assertThat(pool.started).hasSize(1);
      var request = pool.started.get(0);
      assertThat(request.getWorkerId()).isEqualTo("id-1");
      assertThat(
              List.of(
                  request.getControlEndpoint(),
                  request.getLoggingEndpoint(),
                  request.getArtifactEndpoint(),
                  request.getProvisionEndpoint()))
          .allMatch(one -> one.getUrl().equals("localhost:4711") && !one.hasAuthentication());
      assertThat(request.getParamsMap()).containsEntry("key", "value");
      worker.close();
      worker.close();
      assertThat(pool.stopped).containsExactly("id-1");
    }
  }

  @Test
  void whatThePoolSaysIsPassedOn() throws Exception {
    try (LaunchFixture fixture = new LaunchFixture(folder);
        TestPool pool = new TestPool("no room")) {
      assertThatThrownBy(
              () ->
                  new ExternalLauncher(LaunchSettings.LOOPBACK_POOLS)
                      .start(fixture.start(environment(pool.endpoint()))))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("says: no room");
    }
  }

  @Test
  void aPoolThatIsGoneFailsTheStartOnly() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (LaunchFixture fixture = new LaunchFixture(folder)) {
      assertThatThrownBy(
              () ->
                  new ExternalLauncher(LaunchSettings.LOOPBACK_POOLS)
                      .start(fixture.start(environment("localhost:" + port))))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("LOOPBACK");
      new WorkerPool("localhost:" + port).stop("id-1");
    }
  }

  @Test
  void onlyPoolsOnTheListAreCalled() {
    ExternalLauncher launcher = new ExternalLauncher(LaunchSettings.LOOPBACK_POOLS);
    assertThat(launcher.problem(environment("[::1]:80"))).isNull();
    assertThat(launcher.problem(environment("localhost.evil.org:80")))
        .contains("--allow-worker-pool=localhost.evil.org:80");
    assertThat(launcher.problem(environment("169.254.169.254:80"))).isNotNull();
    assertThat(launcher.problem(environment("localhost:80/x"))).contains("host:port");
    assertThat(launcher.problem(environment("unix:/run/x"))).contains("host:port");
    assertThat(launcher.problem(environment(""))).contains("host:port");
  }
}
