package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.process.ChildCommand;
import dev.tidemark.portability.environment.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * Installs into a virtual environment, by its own {@code pip} in child processes that end with the
 * job.
 *
 * <p>Owned by one thread.
 */
final class PipInstall {
  private final LaunchJob job;
  private final Map<String, String> variables;
  private final Path staged;
  private final String python;

  /**
   * Installs from a folder, and from the package index.
   *
   * @param staged holds the staged files; processes run and keep temporary files there
   * @param python the interpreter of the virtual environment
   */
  PipInstall(LaunchJob job, Map<String, String> variables, Path staged, String python)
      throws IOException {
    this.job = job;
    this.variables = new HashMap<>(variables);
    this.variables.put("TMPDIR", Files.createDirectory(staged.resolve("tmp")).toString());
    this.staged = staged;
    this.python = python;
  }

  /** Installs the SDK and all packages. */
  void install(PythonPackages packages, String beam, String extras)
      throws IOException, LaunchException, InterruptedException {
    String chosen = extras.isEmpty() ? "" : "[" + extras + "]";
    String sdk = packages.sdk().map(this::file).orElse(null);
    pip(sdk == null ? "apache-beam" + chosen + "==" + beam : sdk + chosen);
    for (String requirements : packages.requirements()) {
      pip("-r", file(requirements));
    }
    StagedFile manifest = packages.manifest().orElse(null);
    if (manifest != null) {
      for (String extra : packages.extra(Files.readString(manifest.content()))) {
        // The client's package in place of one that is there already; then what it needs.
        pip("--force-reinstall", "--no-deps", file(extra));
        pip(file(extra));
      }
    }
    String workflow = packages.workflow().orElse(null);
    if (workflow != null) {
      pip(file(workflow));
    }
  }

  private String file(String name) {
    return staged.resolve(name).toString();
  }

  private void pip(String... what) throws IOException, LaunchException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                python,
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--quiet",
                "--find-links",
                staged.toString()));
    arguments.addAll(List.of(what));
    String last = what[what.length - 1];
    run("pip install " + last.substring(last.lastIndexOf('/') + 1), arguments);
  }

  /** Runs a command to its end. */
  void run(String name, List<String> arguments)
      throws IOException, LaunchException, InterruptedException {
    ChildCommand command = new ChildCommand(name, arguments, variables, staged, null);
    try (ChildProcess child =
        job.processes().start(command, line -> job.log().output(name, line))) {
      int status = child.ended().get();
      if (status != 0) {
        throw new LaunchException(
            "the Python environment cannot be made: "
                + child.describe(status)
                + "; its last output:\n"
                + child.lastWords());
      }
    } catch (ExecutionException e) {
      throw new LaunchException("the Python environment cannot be made: " + e.getCause(), e);
    }
  }
}
