package dev.tidemark.portability.environment.launch;

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
    return byVersion.getOrDefault(version(image), fallback).resolve("bin").resolve("java");
  }
}
