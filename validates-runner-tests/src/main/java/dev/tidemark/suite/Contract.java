package dev.tidemark.suite;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whose tests are run: those of Beam's core, or of one of its extensions. Immutable.
 *
 * @param name how results call it
 * @param artifacts the artifacts whose tests jars are searched
 * @param kinds the kinds of tests that belong to it
 */
public record Contract(String name, List<String> artifacts, List<Kind> kinds) {
  private static final Path PARENT = Path.of("validates-runner-tests", "contracts");

  /** What Beam asks of every runner. */
  public static final Contract CORE =
      new Contract(
          "core",
          List.of("beam-sdks-java-core", "beam-runners-core-java"),
          List.of(Kind.VALIDATES_RUNNER, Kind.NEEDS_RUNNER));

  /** Copies the lists. */
  public Contract {
    artifacts = List.copyOf(artifacts);
    kinds = List.copyOf(kinds);
  }

  /**
   * The contract whose files lie in {@code directory}: one in {@code
   * validates-runner-tests/contracts} has the name of its artifact without {@code beam-sdks-java-},
   * any other is the core.
   */
  public static Contract in(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || !parent.endsWith(PARENT)) {
      return CORE;
    }
    String name = String.valueOf(absolute.getFileName());
    return new Contract(name, List.of("beam-sdks-java-" + name), List.of(Kind.values()));
  }

  /**
   * The tests jars of the artifacts on the class path of {@code loader}.
   *
   * @throws IllegalStateException if one is not there
   */
  List<Path> testsJars(ClassLoader loader) throws IOException {
    List<URL> manifests = Collections.list(loader.getResources("META-INF/MANIFEST.MF"));
    List<Path> jars = new ArrayList<>();
    for (String artifact : artifacts) {
      Pattern jar = Pattern.compile("jar:(file:.*/" + artifact + "-\\d[^/]*-tests\\.jar)!/.*");
      manifests.stream()
          .map(url -> jar.matcher(url.toString()))
          .filter(java.util.regex.Matcher::matches)
          .map(found -> path(found.group(1)))
          .findFirst()
          .ifPresentOrElse(
              jars::add,
              () -> {
                throw new IllegalStateException(
                    "The class path holds no tests jar of "
                        + artifact
                        + "; add Beam's jar with the classifier 'tests'.");
              });
    }
    return jars;
  }

  private static Path path(String url) {
    try {
      return Path.of(new URI(url));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot read the place of a tests jar: " + url, e);
    }
  }
}
