package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.process.ChildVariables;
import dev.tidemark.portability.environment.process.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Python's virtual environments, made once for each interpreter, version of Beam and set of staged
 * packages, and kept between jobs. One that is being made is locked, for other servers, too; one
 * that was not completed is made anew.
 *
 * <p>Thread-safe.
 */
final class VirtualEnvironments {
  private static final String COMPLETE = "tidemark-complete";

  private final Path cache;
  private final ChildVariables variables;
  private final String extras;
  // Within the process: the system's lock is for the process as a whole.
  private final ReentrantLock making = new ReentrantLock();

  /**
   * Keeps environments in a folder.
   *
   * @param extras what to install of {@code apache-beam} besides; may be empty
   */
  VirtualEnvironments(Path cache, ChildVariables variables, String extras) {
    this.cache = cache;
    this.variables = variables;
    this.extras = extras;
  }

  /** Why there can be no environment for an image; null if nothing is known to stand against it. */
  @Nullable String problem(PythonImage image) {
    return Interpreters.find(image, variables.forInstaller()) == null
        ? "there is no %s on this machine; install it, or map the image to an interpreter that has Beam, with the server's option --image='IMAGE=python:/path/to/python'"
            .formatted(Interpreters.name(image))
        : null;
  }

  /**
   * The interpreter of an environment that has Beam and the staged packages; makes it if it is not
   * there, which takes minutes.
   */
  Path prepare(PythonImage image, List<StagedFile> artifacts, LaunchJob job)
      throws LaunchException, InterruptedException {
    Path python = Interpreters.find(image, variables.forInstaller());
    if (python == null) {
      throw new LaunchException(String.valueOf(problem(image)));
    }
    PythonPackages packages = new PythonPackages(artifacts);
    if (packages.sdk().isEmpty() && image.beam().isEmpty()) {
      throw new LaunchException(
          "the name of the image does not say which version of Beam is in it, and none is staged; map the image to an interpreter that has Beam");
    }
    String name =
        Interpreters.name(image) + "-" + packages.key(python.toString(), image.beam(), extras);
    try {
      PrivateFolder.ensure(cache);
      Path folder = cache.resolve(name);
      if (!complete(folder)) {
        making.lockInterruptibly();
        try (FolderLock lock = FolderLock.of(cache.resolve(name + ".lock"))) {
          if (!complete(folder)) {
            PrivateFolder.remove(folder);
            make(python, image, packages, folder, job);
          }
        } finally {
          making.unlock();
        }
      }
      // Says when it was last used, for who cleans up.
      Files.setLastModifiedTime(folder.resolve(COMPLETE), FileTime.from(Instant.now()));
      return interpreter(folder);
    } catch (IOException e) {
      throw new LaunchException("a Python environment cannot be made: " + e, e);
    }
  }

  private static boolean complete(Path folder) {
    return Files.exists(folder.resolve(COMPLETE));
  }

  private static Path interpreter(Path folder) {
    return folder.resolve("bin").resolve("python");
  }

  private void make(
      Path python, PythonImage image, PythonPackages packages, Path folder, LaunchJob job)
      throws IOException, LaunchException, InterruptedException {
    job.log()
        .progress(
            "Making a Python environment for this job: %s, %s and %d staged files. This is done once, and takes minutes."
                .formatted(
                    Interpreters.name(image),
                    packages.sdk().orElse("apache-beam " + image.beam()),
                    packages.files().size()));
    Path scratch = PrivateFolder.create(cache, "install-");
    try {
      StagedFiles.put(packages.files(), scratch);
      PipInstall pip =
          new PipInstall(job, variables.forInstaller(), scratch, interpreter(folder).toString());
      pip.run("python -m venv", List.of(python.toString(), "-m", "venv", folder.toString()));
      pip.install(packages, image.beam(), extras);
      Files.createFile(folder.resolve(COMPLETE));
    } finally {
      PrivateFolder.remove(scratch);
    }
    job.log().progress("The Python environment is ready.");
  }
}
