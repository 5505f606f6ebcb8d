package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.process.ChildCommand;
import dev.tidemark.portability.environment.process.ChildProcess;
import dev.tidemark.portability.environment.process.ChildVariables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The Docker engine that Docker's client, or one that takes the same options, leads to.
 *
 * <p>Thread-safe.
 */
final class DockerEngine {
  /** The program that is asked; found by {@code PATH}. */
  static final String CLIENT = "docker";

  private static final int ANSWER_SECONDS = 5;

  private final Map<String, String> variables;
  // Workers of a job start together; the first one fetches.
  private final ReentrantLock fetching = new ReentrantLock();

  DockerEngine(ChildVariables variables) {
    this.variables = Map.copyOf(variables.forContainerEngine());
  }

  /** What the client needs to find the engine, by name. */
  Map<String, String> variables() {
    return variables;
  }

  /** Whether there is an engine that answers, within seconds. */
  boolean answers() {
    ProcessBuilder ask =
        new ProcessBuilder(CLIENT, "version", "--format", "{{.Server.Version}}")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    ask.environment().clear();
    ask.environment().putAll(variables);
    Process asked;
    try {
      asked = ask.start();
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

  /**
   * Pulls an image that is not here, which may take minutes: the job's log says so.
   *
   * @param folder where the client runs
   */
  void fetch(String image, LaunchJob job, Path folder)
      throws IOException, LaunchException, InterruptedException {
    if (has(image, job, folder)) {
      return;
    }
    fetching.lockInterruptibly();
    try {
      if (!has(image, job, folder)) {
        job.log()
            .progress(
                "Fetching the container image '%s', which may take minutes.".formatted(image));
        pull(image, job, folder);
        job.log().progress("The container image '%s' is here.".formatted(image));
      }
    } finally {
      fetching.unlock();
    }
  }

  private boolean has(String image, LaunchJob job, Path folder)
      throws IOException, LaunchException, InterruptedException {
    List<String> inspect = List.of(CLIENT, "image", "inspect", "--format", "{{.Id}}", image);
    ChildCommand command =
        new ChildCommand("docker image inspect", inspect, variables, folder, null);
    try (ChildProcess child = job.processes().start(command, line -> {})) {
      return status(child) == 0;
    }
  }

  private void pull(String image, LaunchJob job, Path folder)
      throws IOException, LaunchException, InterruptedException {
    List<String> pull = List.of(CLIENT, "pull", image);
    ChildCommand command = new ChildCommand("docker pull", pull, variables, folder, null);
    try (ChildProcess child =
        job.processes().start(command, line -> job.log().output(command.name(), line))) {
      int status = status(child);
      if (status != 0) {
        throw new LaunchException(
            "the container image '%s' cannot be had: %s; its last output:\n%s\nPull or build it on the server's machine, or map it to a launcher with the server's option --image='%s=LAUNCHER'"
                .formatted(image, child.describe(status), child.lastWords(), image));
      }
    }
  }

  private static int status(ChildProcess child) throws LaunchException, InterruptedException {
    try {
      return child.ended().get();
    } catch (ExecutionException e) {
      throw new LaunchException("the Docker engine cannot be asked: " + e.getCause(), e);
    }
  }
}
