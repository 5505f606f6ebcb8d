package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.WorkerStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Runs the program that a Go client has staged, which is its worker, too.
 *
 * <p>Thread-safe.
 */
final class GoLauncher implements Launcher {
  private static final String ROLE = "beam:artifact:role:go_worker_binary:v1";

  private final WorkerProcesses processes;

  GoLauncher(WorkerProcesses processes) {
    this.processes = processes;
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    return null;
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException {
    StagedFile binary = binary(StagedFiles.of(start));
    return processes.start(
        start,
        folder ->
            new WorkerProcesses.Program(
                "the Go worker",
                List.of(
                    executable(binary, folder).toString(),
                    "--worker=true",
                    "--id=" + start.workerId(),
                    "--logging_endpoint=" + start.endpoints().logging(),
                    "--control_endpoint=" + start.endpoints().control(),
                    "--semi_persist_dir=" + folder,
                    "--options=" + WorkerVariables.options(start)),
                variables(start)));
  }

  private static StagedFile binary(List<StagedFile> artifacts) throws LaunchException {
    return artifacts.stream()
        .filter(artifact -> artifact.role().equals(ROLE) || artifacts.size() == 1)
        .findFirst()
        .orElseThrow(
            () ->
                new LaunchException(
                    "none of the %d staged files has the role %s, which a Go client gives to its worker's program"
                        .formatted(artifacts.size(), ROLE)));
  }

  /** A copy, as the mode of a link would be that of the stored file. */
  private static Path executable(StagedFile binary, Path folder) throws IOException {
    Path program = Files.copy(binary.content(), folder.resolve("worker"));
    if (!program.toFile().setExecutable(true, true)) {
      throw new IOException(program + " cannot be made executable");
    }
    return program;
  }

  private static Map<String, String> variables(WorkerStart start) {
    Map<String, String> variables = new HashMap<>(WorkerVariables.of(start));
    if (start.endpoints().status() != null) {
      variables.put("STATUS_ENDPOINT", start.endpoints().status());
    }
    return variables;
  }
}
