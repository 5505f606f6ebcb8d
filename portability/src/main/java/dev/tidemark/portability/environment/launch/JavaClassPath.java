package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.LaunchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;

/** The class path of a Java worker: logging, harness, then what is staged, in its order. */
final class JavaClassPath {
  private static final String HARNESS_CLASS = "org/apache/beam/fn/harness/FnHarness.class";

  private JavaClassPath() {}

  /**
   * Puts a class path together. The harness is that of the client's version of Beam if we have it,
   * else one that is among the staged jars (an expansion service's jar holds it), else the first we
   * have.
   *
   * @param beamVersion the client's; may be empty
   */
  static List<Path> of(HarnessJars jars, String beamVersion, List<Path> staged)
      throws IOException, LaunchException {
    Optional<Path> harness = jars.harness(beamVersion);
    if (harness.isEmpty() && !stagedHarness(staged)) {
      harness = jars.harnesses().stream().findFirst();
      if (harness.isEmpty()) {
        throw new LaunchException(
            "there is no Java harness: put beam-sdks-java-harness-%s.jar where the server finds its harness jars"
                .formatted(beamVersion));
      }
    }
    List<Path> classPath = new ArrayList<>(jars.logging());
    harness.ifPresent(classPath::add);
    classPath.addAll(staged);
    return classPath;
  }

  private static boolean stagedHarness(List<Path> staged) {
    return staged.stream().anyMatch(file -> holds(file, HARNESS_CLASS));
  }

  /** Whether a file is a jar with an entry of this name. */
  static boolean holds(Path file, String entry) {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.getEntry(entry) != null;
    } catch (IOException e) {
      // Not a jar: clients stage other files, too.
      return false;
    }
  }
}
