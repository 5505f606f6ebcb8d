package dev.tidemark.portability.environment;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Patterns as operators write them: {@code *} stands for any characters, all else for itself. */
public final class Globs {
  private Globs() {}

  /** The same as a regular expression, to be matched by the whole text. */
  public static Pattern pattern(String glob) {
    return Pattern.compile(
        Arrays.stream(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
  }

  /** Whether one of {@code globs} matches all of {@code text}. */
  public static boolean anyMatches(List<String> globs, String text) {
    return globs.stream().anyMatch(glob -> pattern(glob).matcher(text).matches());
  }
}
