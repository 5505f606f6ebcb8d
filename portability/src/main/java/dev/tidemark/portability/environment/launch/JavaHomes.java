package dev.tidemark.portability.environment.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JDKs that Java workers can run on: the server's own, and what the operator names.
 *
 * <p>Immutable.
 *
 * @param byVersion by feature version
 * @param fallback for every other version
 * @param fallbackVersion the feature version of that
 */
record JavaHomes(Map<Integer, Path> byVersion, Path fallback, int fallbackVersion) {
  private static final int OURS = 17;
  private static final Pattern RELEASE = Pattern.compile("JAVA_VERSION=\"(\\d+).*\"");
  private static final Pattern IMAGE = Pattern.compile(".*java(\\d+).*");

  /** The server's own and others, or the one that the image map gives. */
  static JavaHomes of(Map<Integer, Path> byVersion, @Nullable String given) {
    return given == null
        ? new JavaHomes(
            byVersion, Path.of(System.getProperty("java.home")), Runtime.version().feature())
        : new JavaHomes(Map.of(), Path.of(given), Integer.MAX_VALUE);
  }

  /** The feature version that an image's name asks for; 0 if it asks for none. */
  static int version(String image) {
    Matcher matcher = IMAGE.matcher(image);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** Why nothing here can run an image; null if something can. */
  @Nullable String problem(String image) {
    int wanted = version(image);
    return byVersion.containsKey(wanted) || wanted <= fallbackVersion
        ? null
        : "the image '%s' needs Java %d, and the server runs on Java %d; name another with the server's option --java-home=%d=FOLDER"
            .formatted(image, wanted, fallbackVersion, wanted);
  }

  /** The program for an image. */
  Path java(String image) {
    return home(image).resolve("bin").resolve("java");
  }

  /** Whether what runs an image is known to run classes of ours, which want Java 17. */
  boolean runsOurs(String image) {
    Path release = home(image).resolve("release");
    try {
      return Files.readAllLines(release).stream()
          .map(RELEASE::matcher)
          .anyMatch(matcher -> matcher.matches() && Integer.parseInt(matcher.group(1)) >= OURS);
    } catch (IOException e) {
      // Every JDK has that file; of what has none nothing is known.
      return false;
    }
  }

  private Path home(String image) {
    return byVersion.getOrDefault(version(image), fallback);
  }
}
