package dev.tidemark.portability.environment.launch;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.portability.bundle.HarnessJob;
import dev.tidemark.portability.bundle.HarnessSettings;
import dev.tidemark.portability.bundle.MetricsInHand;
import dev.tidemark.portability.bundle.Supervision;
import dev.tidemark.portability.environment.EnvironmentLaunchers;
import dev.tidemark.portability.environment.ImageMap;
import dev.tidemark.portability.environment.JobWorkers;
import dev.tidemark.portability.environment.RegistryConnections;
import dev.tidemark.portability.environment.WorkerAddresses;
import dev.tidemark.portability.environment.WorkerPolicy;
import dev.tidemark.portability.environment.process.ChildVariables;
import dev.tidemark.portability.fn.FnServices;
import dev.tidemark.portability.fn.WorkerRegistry;
import dev.tidemark.portability.fn.WorkerSpec;
import dev.tidemark.portability.grpc.GrpcServer;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerLostException;
import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.Endpoints;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Beam's own harnesses, started by the launchers and connected to the real services. Python's needs
 * an interpreter that has Beam: {@code -Dtidemark.test.python=/path/to/python}.
 */
@Timeout(1200)
final class RealWorkersTest {
  private final Path folder;
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final WorkerRegistry registry = new WorkerRegistry();
  private final LaunchFixture fixture;
  private final GrpcServer server;

  RealWorkersTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    fixture = new LaunchFixture(folder);
    server =
        GrpcServer.start(ServerSettings.loopback().at("localhost", 0), FnServices.of(registry));
  }

  @AfterEach
  void stop() {
    fixture.close();
    server.close();
  }

  private JobWorkers workers(RunnerApi.Environment environment, String... images) throws Exception {
    Path jars = Path.of(System.getProperty("basedir", "."), "target", "harness");
    LaunchSettings standard =
        LaunchSettings.standard(fixture.work, folder.resolve("cache"), HarnessJars.in(jars), true);
    EnvironmentLaunchers launchers =
        Launchers.of(
            new LaunchSettings(
                standard.workFolder(),
                standard.cacheFolder(),
                new ChildVariables(System.getenv(), Set.of()),
                standard.commands(),
                standard.pools(),
                new ImageMap(List.of(images)),
                standard.unmappedImages(),
                standard.jars(),
                Map.of(),
                256L << 20,
                ""));
    assertThat(launchers.check(environment)).isNull();
    return new JobWorkers(
        fixture.job(),
        Map.of("env", environment),
        launchers,
        new RegistryConnections(
            registry,
            WorkerAddresses.plaintext("localhost:" + server.port()),
            (environmentId, endpoint, lost) ->
                new WorkerSpec(
                    environmentId,
                    endpoint,
                    "job-1",
                    "job",
                    fixture.job().options(),
                    List.of(),
                    List.of(),
                    entry -> logged.add(entry.getMessage()),
                    lost)),
        WorkerPolicy.standard(2, 2));
  }

  /** It answers, is replaced when it is killed, and leaves nothing behind. */
  private void liveAndDie(JobWorkers workers, boolean ofOurs) throws Exception {
    SdkWorker first;
    try (workers) {
      first = workers.worker("env", 0);
      assertThat(ask(first)).isEmpty();
      assertThat(workers.worker("env", 0)).isSameAs(first);
      if (ofOurs) {
        List<ProcessHandle> processes = ProcessHandle.current().descendants().toList();
        ProcessHandle harness =
            processes.stream()
                .filter(process -> process.info().command().orElse("").matches(".*(python|java).*"))
                .findFirst()
                .orElseThrow();
        harness.destroyForcibly();
        harness.onExit().get(20, SECONDS);
        var failed =
            first
                .ask(
                    BeamFnApi.InstructionRequest.newBuilder()
                        .setHarnessMonitoringInfos(
                            BeamFnApi.HarnessMonitoringInfosRequest.getDefaultInstance())
                        .build())
                .handle((response, error) -> error)
                .get(20, SECONDS);
        assertThat(failed).isInstanceOf(WorkerLostException.class);
        SdkWorker next = workers.worker("env", 0);
        assertThat(next.id()).isNotEqualTo(first.id());
        assertThat(ask(next)).isEmpty();
      }
    }
    assertThat(first.alive()).isFalse();
    if (Files.exists(fixture.work)) {
      assertThat(fixture.work).isEmptyDirectory();
    }
    assertThat(ProcessHandle.current().children().filter(RealWorkersTest::isGuard)).isEmpty();
  }

  private static boolean isGuard(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("tidemark-guard");
  }

  private static String ask(SdkWorker worker) throws Exception {
    return worker
        .ask(
            BeamFnApi.InstructionRequest.newBuilder()
                .setHarnessMonitoringInfos(
                    BeamFnApi.HarnessMonitoringInfosRequest.getDefaultInstance())
                .build())
        .get(60, SECONDS)
        .getError();
  }

  private static String python() {
    @Nullable String python = System.getProperty("tidemark.test.python");
    assumeTrue(
        python != null,
        "no Python with Beam: give one with -Dtidemark.test.python=/path/to/python");
    return String.valueOf(python);
  }

  @Test
  void pythonInPlaceOfItsImage() throws Exception {
    String python = python();
    liveAndDie(workers(LaunchFixture.image("any/python"), "any/python=python:" + python), true);
    assertThat(logged).anyMatch(line -> line.contains("Python sdk harness starting"));
  }

  /** Downloads Beam, which takes minutes: {@code -Dtidemark.test.install=true}. */
  @Test
  void pythonIsInstalled() throws Exception {
    assumeTrue(
        Boolean.getBoolean("tidemark.test.install"),
        "not asked to install Beam: -Dtidemark.test.install=true");
    liveAndDie(
        workers(
            LaunchFixture.image("apache/beam_python3.11_sdk:2.70.0"),
            ImageMap.DEFAULTS.toArray(String[]::new)),
        true);
    assertThat(fixture.log.progress).hasSize(2);
  }

  @Test
  void aWorkerThatHangsIsEndedAndItsBundleRunsInTheNext() throws Exception {
    stageClassPath();
    List<String> warnings = new CopyOnWriteArrayList<>();
    Supervision impatient =
        new Supervision(
            Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ofDays(1), Duration.ZERO);
    try (StoppedOnce workers =
        new StoppedOnce(
            workers(
                LaunchFixture.image("apache/beam_java17_sdk:2.70.0"),
                ImageMap.DEFAULTS.toArray(String[]::new)))) {
      assertThat(
              ValuesJob.run(
                  workers,
                  new HarnessJob(
                      HarnessSettings.DEFAULT.with(impatient),
                      new MetricsInHand(),
                      warnings::add,
                      false)))
          .containsExactlyInAnyOrder(1, 2, 3);
      assertThat(workers.stopped().onExit().get(60, SECONDS).isAlive()).isFalse();
    }
    assertThat(warnings).singleElement().asString().contains("It has said nothing for 3 s");
  }

  private void stageClassPath() {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      if (name.endsWith(".jar") && !name.startsWith("slf4j") && !name.startsWith("junit")) {
        fixture.stage(name, Path.of(entry));
      }
    }
  }

  @Test
  void javaInPlaceOfItsImage() throws Exception {
    stageClassPath();
    liveAndDie(
        workers(
            LaunchFixture.image("apache/beam_java17_sdk:2.70.0"),
            ImageMap.DEFAULTS.toArray(String[]::new)),
        true);
    assertThat(fixture.log.output).anyMatch(line -> line.startsWith("SDK Fn Harness started"));
    assertThat(logged).contains("Fn Harness started");
  }

  @Test
  void pythonsOwnPool() throws Exception {
    Process pool =
        new ProcessBuilder(
                python(),
                "-c",
                """
                import sys
                from apache_beam.runners.worker import worker_pool_main as pool
                address, server = pool.BeamFnExternalWorkerPoolServicer.start()
                print(address, flush=True)
                sys.stdin.read()
                """)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = pool.inputReader(StandardCharsets.UTF_8)) {
      String endpoint = said.readLine();
      RunnerApi.Environment environment =
          LaunchFixture.environment(
              ExternalLauncher.URN,
              RunnerApi.ExternalPayload.newBuilder()
                  .setEndpoint(Endpoints.ApiServiceDescriptor.newBuilder().setUrl(endpoint))
                  .build());
      liveAndDie(workers(environment), false);
    } finally {
      Stream.concat(pool.descendants(), Stream.of(pool.toHandle()))
          .forEach(ProcessHandle::destroyForcibly);
    }
  }
}
