package dev.tidemark.portability.job.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * What an artifact may be called: the last part of a path on any system, and nothing else.
 *
 * <p>Thread-safe.
 */
public final class ArtifactNames {
  private static final int MAX_BYTES = 255;

  private ArtifactNames() {}

  /** Why a file must not be called so; empty if it may. */
  public static Optional<String> problem(String name) {
    if (name.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (name.equals(".") || name.equals("..")) {
      return Optional.of("it names a folder");
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return Optional.of("it holds a path separator");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("it holds a control character");
    }
    if (name.getBytes(UTF_8).length > MAX_BYTES) {
      return Optional.of("it is longer than " + MAX_BYTES + " bytes");
    }
    return Optional.empty();
  }

  /** The same for all names that some file system takes for the same. */
  static String key(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
  }

  /** A name as it may stand in a message to the client. */
  static String quoted(String name) {
    String shown = name.length() <= 80 ? name : name.substring(0, 80) + "...";
    StringBuilder text = new StringBuilder("'");
    shown.chars().map(c -> Character.isISOControl(c) ? '?' : c).forEach(c -> text.append((char) c));
    return text.append('\'').toString();
  }
}
