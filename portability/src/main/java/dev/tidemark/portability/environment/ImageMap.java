package dev.tidemark.portability.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which launcher stands for a container image: patterns by the operator, the first that matches
 * counts. The name of an image comes from a client and decides nothing else.
 *
 * <p>Immutable.
 */
public final class ImageMap {

  /**
   * An image's launcher.
   *
   * @param launcher its name
   * @param argument what the operator gives it; null if nothing
   */
  public record Target(String launcher, @Nullable String argument) {}

  private record Rule(Pattern pattern, Target target) {}

  /** The images of the Beam project, each run by what is on this machine. */
  public static final List<String> DEFAULTS =
      List.of(
          "apache/beam_java*_sdk:*=java",
          "apache/beam_python3.*_sdk:*=python",
          "apache/beam_go_sdk:*=go");

  private final List<Rule> rules;

  /**
   * Reads rules.
   *
   * @param rules each as {@code PATTERN=LAUNCHER} or {@code PATTERN=LAUNCHER:ARGUMENT}; a {@code *}
   *     in the pattern stands for any characters
   * @throws IllegalArgumentException for a rule of another form
   */
  public ImageMap(List<String> rules) {
    List<Rule> parsed = new ArrayList<>();
    rules.forEach(rule -> parsed.add(parse(rule)));
    this.rules = List.copyOf(parsed);
  }

  private static Rule parse(String rule) {
    int equals = rule.indexOf('=');
    if (equals <= 0 || equals == rule.length() - 1) {
      throw new IllegalArgumentException(
          "'" + rule + "' does not map an image: write PATTERN=LAUNCHER, as in " + DEFAULTS.get(0));
    }
    String target = rule.substring(equals + 1).trim();
    int colon = target.indexOf(':');
    String launcher = colon < 0 ? target : target.substring(0, colon);
    return new Rule(
        Globs.pattern(rule.substring(0, equals).trim()),
        new Target(
            launcher.toLowerCase(Locale.ROOT), colon < 0 ? null : target.substring(colon + 1)));
  }

  /** The launcher of an image, with or without the name of Docker's own registry. */
  public Optional<Target> of(String image) {
    String name = image.startsWith("docker.io/") ? image.substring("docker.io/".length()) : image;
    return rules.stream()
        .filter(rule -> rule.pattern().matcher(name).matches())
        .map(Rule::target)
        .findFirst();
  }
}
