package dev.tidemark.runner.job.launch;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the Beam SDK.
 *
 * <p>Immutable.
 *
 * @param text as Beam states it, such as {@code 2.70.0}
 */
record BeamVersion(String text) {
  /** Pipelines built with older SDKs call what is gone by now. */
  private static final int OLDEST_MINOR = 60;

  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** Whether code built with this version can be expected to run on {@code ours}. */
  boolean runsOn(BeamVersion ours) {
    Optional<Matcher> theirs = numbers();
    Optional<Matcher> own = ours.numbers();
    return theirs.isEmpty()
        || own.isEmpty()
        || (theirs.get().group(1).equals(own.get().group(1))
            && Integer.parseInt(theirs.get().group(2)) >= OLDEST_MINOR);
  }

  private Optional<Matcher> numbers() {
    Matcher matcher = NUMBERS.matcher(text);
    return matcher.matches() ? Optional.of(matcher) : Optional.empty();
  }

  /** What runs on {@code ours}, for an error message. */
  static String supported(BeamVersion ours) {
    return ours.numbers()
        .map(matcher -> matcher.group(1) + "." + OLDEST_MINOR + " and newer of " + matcher.group(1))
        .orElse(ours.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
