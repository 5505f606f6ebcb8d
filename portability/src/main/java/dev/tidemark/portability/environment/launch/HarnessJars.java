package dev.tidemark.portability.environment.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a Java worker needs that its client does not stage: the harness, its logging, and the agent
 * that measures objects for its caches.
 *
 * <p>Immutable.
 *
 * @param harnesses the harness, perhaps in several versions of Beam
 * @param logging slf4j, what is behind it, and other libraries' ways to it, as in Beam's image
 * @param agent {@code jamm}; empty if there is none
 */
public record HarnessJars(List<Path> harnesses, List<Path> logging, Optional<Path> agent) {
  private static final Pattern HARNESS = Pattern.compile("beam-sdks-java-harness-(.+)\\.jar");
  private static final Pattern LOGGING =
      Pattern.compile("(slf4j-(api|jdk14)|(jcl|log4j)-over-slf4j|log4j-(api|to-slf4j))-.+\\.jar");

  /** Copies the lists. */
  public HarnessJars {
    harnesses = List.copyOf(harnesses);
    logging = List.copyOf(logging);
  }

  /**
   * Finds them in a folder.
   *
   * @throws IOException if it cannot be read
   */
  public static HarnessJars in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return among(files.sorted().toList());
    }
  }

  /** Finds them among jars, by their file names. */
  static HarnessJars among(List<Path> jars) {
    List<Path> harnesses = new ArrayList<>();
    List<Path> logging = new ArrayList<>();
    Optional<Path> agent = Optional.empty();
    for (Path jar : jars) {
      String name = String.valueOf(jar.getFileName());
      if (HARNESS.matcher(name).matches()) {
        harnesses.add(jar);
      } else if (LOGGING.matcher(name).matches()) {
        logging.add(jar);
      } else if (name.matches("jamm-.+\\.jar")) {
        agent = Optional.of(jar);
      }
    }
    return new HarnessJars(harnesses, logging, agent);
  }

  /** The harness of a version of Beam; empty if that is not here. */
  Optional<Path> harness(String beamVersion) {
    return harnesses.stream().filter(jar -> version(jar).equals(beamVersion)).findFirst();
  }

  private static String version(Path jar) {
    Matcher matcher = HARNESS.matcher(String.valueOf(jar.getFileName()));
    return matcher.matches() ? matcher.group(1) : "";
  }
}
