package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.WorkerStart;
import java.io.IOException;
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
   * the harness ends itself. It has credentials for some of its channels, but does not let itself
   * be given any; all that it opens lead to the server.
   */
  private static final String MAIN =
      """
      import os, runpy, signal
      signal.signal(signal.SIGINT, signal.default_int_handler)
      if '%1$s' in os.environ:
        import grpc
        from apache_beam.runners.worker.channel_factory import GRPCChannelFactory
        def read(name):
          with open(os.path.join(os.environ['%1$s'], name), 'rb') as file:
            return file.read()
        credentials = grpc.ssl_channel_credentials(read('%2$s'), read('%4$s'), read('%3$s'))
        GRPCChannelFactory.insecure_channel = staticmethod(
            lambda target, options=None:
            GRPCChannelFactory.secure_channel(target, credentials, options))
      runpy.run_module('apache_beam.runners.worker.sdk_worker_main', run_name='__main__', \
      alter_sys=True)
      """
          .formatted(WorkerTls.FOLDER, WorkerTls.SERVER, WorkerTls.OWN, WorkerTls.KEY);

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
  public boolean speaksTls(LaunchJob job, String environmentId, RunnerApi.Environment environment) {
    return true;
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException {
    List<StagedFile> artifacts = StagedFiles.of(start);
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
      throws IOException, LaunchException {
    Map<String, String> variables = new HashMap<>(WorkerVariables.of(start));
    variables.putAll(WorkerTls.put(start, folder));
    variables.put("WORKER_ID", start.workerId());
    variables.put("PIPELINE_OPTIONS", WorkerVariables.options(start));
    variables.put("SEMI_PERSISTENT_DIRECTORY", folder.toString());
    variables.put("PYTHONUNBUFFERED", "1");
    return variables;
  }
}
