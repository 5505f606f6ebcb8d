package dev.tidemark.runner.job.launch;

import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.jspecify.annotations.Nullable;

/**
 * Recognises what Beam throws when a transform is applied that cannot be, and says which one:
 * Beam's message alone does not. Stateless.
 */
final class ConstructionErrors {
  private ConstructionErrors() {}

  /** Returns a line for the user if {@code thrown} comes from applying a transform. */
  static Optional<String> describe(Throwable thrown) {
    StackTraceElement[] frames = thrown.getStackTrace();
    int apply = outermostApply(frames);
    if (apply < 1) {
      return Optional.empty();
    }
    // What the pipeline calls is the expansion of the transform that the program applied.
    return Optional.of(
        "cannot apply "
            + simpleName(frames[apply - 1].getClassName())
            + place(frames, apply)
            + ": "
            + messages(thrown));
  }

  private static int outermostApply(StackTraceElement[] frames) {
    for (int index = frames.length - 1; index >= 0; index--) {
      if (frames[index].getClassName().equals(Pipeline.class.getName())
          && frames[index].getMethodName().equals("applyInternal")) {
        return index;
      }
    }
    return -1;
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  /** Where the program applied it. */
  private static String place(StackTraceElement[] frames, int apply) {
    for (int index = apply; index < frames.length; index++) {
      if (!frames[index].getClassName().startsWith("org.apache.beam.sdk.")) {
        return " (" + frames[index] + ")";
      }
    }
    return "";
  }

  private static String messages(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (@Nullable Throwable at = thrown; at != null; at = at.getCause()) {
      String message = at.getMessage() == null ? at.getClass().getName() : at.getMessage();
      text.append(text.isEmpty() ? "" : ": ").append(message);
    }
    return text.toString().replaceAll("\\s+", " ").trim();
  }
}
