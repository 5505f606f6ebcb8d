package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.WorkerStart;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Runs the image of an environment with a Docker engine of this machine, in the machine's network:
 * the worker finds the server on loopback. The container goes when its worker ends, as it does when
 * its connection is lost.
 *
 * <p>Thread-safe.
 */
final class DockerLauncher implements Launcher {
  private static final int ANSWER_SECONDS = 5;

  private final WorkerProcesses processes;

  DockerLauncher(WorkerProcesses processes) {
    this.processes = processes;
  }

  /** Whether there is an engine that answers. */
  boolean engineFound() {
    Process asked;
    try {
      asked =
          new ProcessBuilder("docker", "version", "--format", "{{.Server.Version}}")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return false;
    }
    try {
      return asked.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS) && asked.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      asked.destroyForcibly();
    }
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    String image = Payloads.image(environment);
    // It must not be taken for an option.
    return image.matches("[A-Za-z0-9][A-Za-z0-9._:/@-]*")
        ? null
        : "'" + image + "' is no name of a container image";
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException {
    return processes.start(
        start,
        folder ->
            new WorkerProcesses.Program(
                "docker run",
                List.of(
                    "docker",
                    "run",
                    "--rm",
                    "--init",
                    "--network=host",
                    "--name=tidemark-" + start.workerId(),
                    Payloads.image(start.environment()),
                    "--id=" + start.workerId(),
                    "--logging_endpoint=" + start.endpoints().logging(),
                    "--artifact_endpoint=" + start.endpoints().artifact(),
                    "--provision_endpoint=" + start.endpoints().provision(),
                    "--control_endpoint=" + start.endpoints().control()),
                Map.of()));
  }
}
