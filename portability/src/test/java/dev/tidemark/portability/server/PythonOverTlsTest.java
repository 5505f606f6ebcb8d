package dev.tidemark.portability.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.portability.environment.ImageMap;
import dev.tidemark.portability.environment.JobLog;
import dev.tidemark.portability.environment.JobWorkers;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.RegistryConnections;
import dev.tidemark.portability.environment.WorkerPolicy;
import dev.tidemark.portability.environment.launch.HarnessJars;
import dev.tidemark.portability.environment.launch.LaunchSettings;
import dev.tidemark.portability.environment.launch.Launchers;
import dev.tidemark.portability.environment.process.ChildProcesses;
import dev.tidemark.portability.environment.process.ChildVariables;
import dev.tidemark.portability.fn.FnServices;
import dev.tidemark.portability.fn.WorkerRegistry;
import dev.tidemark.portability.fn.WorkerSpec;
import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.worker.SdkWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Beam's Python harness at the port for TLS. Needs an interpreter that has Beam: {@code
 * -Dtidemark.test.python=/path/to/python}.
 */
final class PythonOverTlsTest {
  private static final String PYTHON = String.valueOf(System.getProperty("tidemark.test.python"));

  private final BlockingQueue<String> logged = new LinkedBlockingQueue<>();
  private final WorkerRegistry registry = new WorkerRegistry();

  @Test
  void allItsStreamsSpeakTls(@TempDir Path folder) throws Exception {
    assumeTrue(
        !PYTHON.equals("null"),
        "no Python with Beam: give one with -Dtidemark.test.python=/path/to/python");
    try (WorkerListeners listeners =
            WorkerListeners.start(
                new WorkerListeners.Settings(ServerSettings.loopback(), folder),
                FnServices.of(registry));
        JobWorkers workers = workers(listeners, folder)) {
      SdkWorker worker = workers.worker("env", 0);
      // It opens the stream for its status after that for control.
      String line = "";
      while (!line.contains("Python sdk harness starting")) {
        line = String.valueOf(logged.poll(60, SECONDS));
        assertThat(line).isNotEqualTo("null");
      }
      assertThat(worker.status().get(60, SECONDS)).contains("THREAD DUMP");
    }
  }

  private JobWorkers workers(WorkerListeners listeners, Path folder) {
    LaunchSettings settings =
        new LaunchSettings(
            folder.resolve("work"),
            folder.resolve("cache"),
            new ChildVariables(System.getenv(), Set.of()),
            List.of(),
            List.of(),
            new ImageMap(List.of("any/python=python:" + PYTHON)),
            false,
            new HarnessJars(List.of(), List.of(), Optional.empty()),
            Map.of(),
            1L << 28,
            "");
    JobLog log =
        new JobLog() {
          @Override
          public void progress(String text) {}

          @Override
          public void output(String worker, String line) {}
        };
    RunnerApi.Environment environment =
        RunnerApi.Environment.newBuilder()
            .setUrn("beam:env:docker:v1")
            .setPayload(
                RunnerApi.DockerPayload.newBuilder()
                    .setContainerImage("any/python")
                    .build()
                    .toByteString())
            .build();
    return new JobWorkers(
        new LaunchJob(
            "job",
            Struct.getDefaultInstance(),
            any -> List.of(),
            List.of(),
            log,
            new ChildProcesses(Duration.ofSeconds(5))),
        Map.of("env", environment),
        Launchers.of(settings),
        new RegistryConnections(
            registry,
            listeners.addresses(),
            (environmentId, endpoint, lost) -> {
              assertThat(endpoint).isEqualTo(listeners.addresses().of(true).control());
              return new WorkerSpec(
                  environmentId,
                  endpoint,
                  "job",
                  "",
                  Struct.getDefaultInstance(),
                  List.of(),
                  List.of(),
                  entry -> logged.add(entry.getMessage()),
                  lost);
            }),
        WorkerPolicy.standard(1, 1));
  }
}
