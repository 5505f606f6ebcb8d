package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchedWorker;
import dev.tidemark.portability.environment.WorkerStart;
import dev.tidemark.portability.environment.process.ChildCommand;
import dev.tidemark.portability.environment.process.ChildProcess;
import dev.tidemark.portability.environment.process.ChildVariables;
import dev.tidemark.portability.environment.process.PrivateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts workers as child processes, each in a folder of its own that goes with it.
 *
 * <p>Thread-safe.
 */
final class WorkerProcesses {

  /**
   * A worker's program.
   *
   * @param kind says what it is, in messages
   * @param arguments the program and its arguments
   * @param variables besides those that every child has
   */
  record Program(String kind, List<String> arguments, Map<String, String> variables) {}

  /** Says how to run a worker that has a folder, and may put files there. */
  @FunctionalInterface
  interface Recipe {
    /** The program to run in {@code folder}. */
    Program in(Path folder) throws IOException, LaunchException, InterruptedException;
  }

  private final Path parent;
  private final ChildVariables inherited;

  WorkerProcesses(Path parent, ChildVariables inherited) {
    this.parent = parent;
    this.inherited = inherited;
  }

  /** Makes a folder and runs there what the recipe says. */
  LaunchedWorker start(WorkerStart start, Recipe recipe)
      throws LaunchException, InterruptedException {
    Path folder = null;
    boolean started = false;
    try {
      folder = PrivateFolder.create(parent, "worker-");
      LaunchedWorker worker = start(start, folder, recipe.in(folder));
      started = true;
      return worker;
    } catch (IOException e) {
      throw new LaunchException("a worker cannot be started: " + e.getMessage(), e);
    } finally {
      if (!started && folder != null) {
        WorkerProcess.removeQuietly(folder);
      }
    }
  }

  private LaunchedWorker start(WorkerStart start, Path folder, Program program) throws IOException {
    Map<String, String> variables = new HashMap<>(inherited.forWorker());
    variables.put("TMPDIR", PrivateFolder.ensure(folder.resolve("tmp")).toString());
    variables.putAll(program.variables());
    ChildProcess child =
        start
            .job()
            .processes()
            .start(
                new ChildCommand(program.kind(), program.arguments(), variables, folder, folder),
                line -> start.job().log().output(start.workerId(), line));
    return new WorkerProcess(child, folder);
  }
}
