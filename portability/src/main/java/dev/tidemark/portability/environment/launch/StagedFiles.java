package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import dev.tidemark.portability.environment.LaunchJob;
import dev.tidemark.portability.environment.StagedFile;
import dev.tidemark.portability.environment.WorkerStart;
import dev.tidemark.portability.environment.process.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The artifacts of an environment, as files with the names that they were staged with. */
final class StagedFiles {
  private StagedFiles() {}

  /** The artifacts of a worker's environment. */
  static List<StagedFile> of(WorkerStart start) throws LaunchException {
    return of(start.job(), start.environmentId());
  }

  /** The artifacts of an environment of a job. */
  static List<StagedFile> of(LaunchJob job, String environmentId) throws LaunchException {
    try {
      return job.artifacts().of(environmentId);
    } catch (IOException e) {
      throw new LaunchException("the artifacts of the job cannot be read: " + e, e);
    }
  }

  /**
   * Puts artifacts into a folder, which is made if need be. A file that is shared with the store is
   * not written to by anybody.
   *
   * @return the files, in the order of the artifacts
   */
  static List<Path> put(List<StagedFile> artifacts, Path folder) throws LaunchException {
    List<Path> files = new ArrayList<>();
    try {
      PrivateFolder.ensure(folder);
      for (StagedFile artifact : artifacts) {
        Path file = join(folder, artifact.name());
        linkOrCopy(artifact.content(), file);
        files.add(file);
      }
      return files;
    } catch (IOException e) {
      throw new LaunchException("the artifacts of the job cannot be put in place: " + e, e);
    }
  }

  private static void linkOrCopy(Path content, Path file) throws IOException {
    try {
      Files.createLink(file, content);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(content, file);
    }
  }

  /**
   * A file of a folder.
   *
   * @param name as a client gave it: anything but a plain name is refused
   */
  static Path join(Path folder, String name) throws LaunchException {
    boolean plain =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    if (!plain) {
      throw new LaunchException("'" + name + "' is no name for a staged file");
    }
    return folder.resolve(name);
  }
}
