package dev.tidemark.portability.environment.launch;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Python interpreters of this machine. */
final class Interpreters {
  private Interpreters() {}

  /** What the interpreter of an image is called. */
  static String name(PythonImage image) {
    return image.python().isEmpty() ? "python3" : "python" + image.python();
  }

  /** The interpreter for an image, as the search path has it; null if there is none. */
  static @Nullable Path find(PythonImage image, Map<String, String> variables) {
    for (String folder : variables.getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path candidate = folder.isEmpty() ? null : Path.of(folder, name(image));
      if (candidate != null && candidate.isAbsolute() && Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    return null;
  }
}
