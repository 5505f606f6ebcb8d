package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.WorkerStart;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Runs the image of an environment with a Docker engine of this machine, in the machine's network:
 * the worker finds the server on loopback. Docker's client hands the signal that ends it on to the
 * container; one that misses it goes when its worker has lost its connection.
 *
 * <p>Thread-safe.
 */
final class DockerLauncher implements Launcher {
  private final WorkerProcesses processes;
  private final DockerEngine engine;

  DockerLauncher(WorkerProcesses processes, DockerEngine engine) {
    this.processes = processes;
    this.engine = engine;
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
    String image = Payloads.image(start.environment());
    return processes.start(
        start,
        folder -> {
          engine.fetch(image, start.job(), folder);
          return new WorkerProcesses.Program(
              "docker run",
              List.of(
                  DockerEngine.CLIENT,
                  "run",
                  "--rm",
                  "--init",
                  "--network=host",
                  "--name=tidemark-" + start.workerId(),
                  image,
                  "--id=" + start.workerId(),
                  "--logging_endpoint=" + start.endpoints().logging(),
                  "--artifact_endpoint=" + start.endpoints().artifact(),
                  "--provision_endpoint=" + start.endpoints().provision(),
                  "--control_endpoint=" + start.endpoints().control()),
              engine.variables());
        });
  }
}
