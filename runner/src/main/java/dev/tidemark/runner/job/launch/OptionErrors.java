package dev.tidemark.runner.job.launch;

import dev.tidemark.runner.job.InvalidOptionException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PipelineOptionsValidator;

/** Recognises what the user's {@code main} throws when its options are wrong. */
final class OptionErrors {
  private static final Pattern UNKNOWN =
      Pattern.compile("missing a property named '([^']*)'\\.?\\s*(.*)", Pattern.DOTALL);

  private OptionErrors() {}

  /** Returns a line for the user if {@code thrown} is about pipeline options, else nothing. */
  static Optional<String> describe(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof InvalidOptionException) {
        return Optional.ofNullable(at.getMessage());
      }
    }
    if (!(thrown instanceof IllegalArgumentException)
        || thrown.getMessage() == null
        || !fromParsing(thrown)) {
      return Optional.empty();
    }
    Matcher unknown = UNKNOWN.matcher(thrown.getMessage());
    String message =
        unknown.find()
            ? "unknown option --" + unknown.group(1) + ". " + unknown.group(2)
            : thrown.getMessage();
    return Optional.of(message.replaceAll("\\s+", " ").trim());
  }

  private static boolean fromParsing(Throwable thrown) {
    for (StackTraceElement frame : thrown.getStackTrace()) {
      String type = frame.getClassName();
      if (type.startsWith(PipelineOptionsFactory.class.getName())
          || type.equals(PipelineOptionsValidator.class.getName())) {
        return true;
      }
    }
    return false;
  }
}
