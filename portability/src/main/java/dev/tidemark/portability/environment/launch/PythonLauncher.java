package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.StagedArtifact;
import dev.tidemark.portability.environment.WorkerStart;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Runs Beam's Python harness: in a virtual environment with the SDK and what the client has staged,
 * or with an interpreter that the operator names, which has all that already.
 *
 * <p>Thread-safe.
 */
final class PythonLauncher implements Launcher {
  /**
   * Runs the harness as its main module. A shell's background processes ignore SIGINT, with which
   * the harness ends itself.
   */
  private static final String MAIN =
      """
      import runpy, signal
      signal.signal(signal.SIGINT, signal.default_int_handler)
      runpy.run_module('apache_beam.runners.worker.sdk_worker_main', run_name='__main__', \
      alter_sys=True)
      """;

  private final WorkerProcesses processes;
  private final VirtualEnvironments venvs;
  private final @Nullable String interpreter;

  /** Uses {@code interpreter} as it is; null for virtual environments. */
  PythonLauncher(
      WorkerProcesses processes, VirtualEnvironments venvs, @Nullable String interpreter) {
    this.processes = processes;
    this.venvs = venvs;
    this.interpreter = interpreter;
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    return interpreter != null ? null : venvs.problem(PythonImage.of(Payloads.image(environment)));
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException {
    List<StagedArtifact> artifacts = StagedFiles.of(start);
    String python =
        interpreter != null
            ? interpreter
            : venvs
                .prepare(
                    PythonImage.of(Payloads.image(start.environment())), artifacts, start.job())
                .toString();
    return processes.start(
        start,
        folder -> {
          StagedFiles.put(artifacts, folder.resolve("staged"));
          return new WorkerProcesses.Program(
              "the Python worker", List.of(python, "-c", MAIN), variables(start, folder));
        });
  }

  private static Map<String, String> variables(WorkerStart start, Path folder)
      throws LaunchException {
    Map<String, String> variables = new HashMap<>(WorkerVariables.of(start));
    variables.put("WORKER_ID", start.workerId());
    variables.put("PIPELINE_OPTIONS", WorkerVariables.options(start));
    variables.put("SEMI_PERSISTENT_DIRECTORY", folder.toString());
    variables.put("PYTHONUNBUFFERED", "1");
    return variables;
  }
}
