package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.Globs;
import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.Launcher;
import dev.tidemark.portability.environment.WorkerStart;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/**
 * Runs the command that a PROCESS environment names, if the operator allows it, with what Beam's
 * contract for containers passes to their entry point.
 *
 * <p>Thread-safe.
 */
final class ProcessLauncher implements Launcher {
  static final String URN = "beam:env:process:v1";

  private final WorkerProcesses processes;
  private final List<String> allowed;

  /** Runs commands that match one of these patterns. */
  ProcessLauncher(WorkerProcesses processes, List<String> allowed) {
    this.processes = processes;
    this.allowed = List.copyOf(allowed);
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    RunnerApi.ProcessPayload payload =
        Payloads.parse(environment, RunnerApi.ProcessPayload.parser());
    if (payload == null) {
      return Payloads.unreadable(environment);
    }
    if (payload.getCommand().isBlank()) {
      return "an environment of type " + URN + " names no command";
    }
    return Globs.anyMatches(allowed, payload.getCommand())
        ? null
        : "the command '%s' is not on this server's list; its operator can allow it with --allow-command='%s'"
            .formatted(payload.getCommand(), payload.getCommand());
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException, InterruptedException {
    RunnerApi.ProcessPayload payload =
        Payloads.parse(start.environment(), RunnerApi.ProcessPayload.parser());
    if (payload == null) {
      throw new LaunchException(Payloads.unreadable(start.environment()));
    }
    return processes.start(
        start,
        folder ->
            new WorkerProcesses.Program(
                payload.getCommand(),
                List.of(
                    payload.getCommand(),
                    "--id=" + start.workerId(),
                    "--logging_endpoint=" + start.endpoints().logging(),
                    "--artifact_endpoint=" + start.endpoints().artifact(),
                    "--provision_endpoint=" + start.endpoints().provision(),
                    "--control_endpoint=" + start.endpoints().control(),
                    "--semi_persist_dir=" + folder),
                payload.getEnvMap()));
  }
}
