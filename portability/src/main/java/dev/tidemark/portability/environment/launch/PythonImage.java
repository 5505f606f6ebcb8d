package dev.tidemark.portability.environment.launch;

import dev.tidemark.translation.graph.SdkImage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a Python image says.
 *
 * <p>Immutable.
 *
 * @param python the interpreter's version, as {@code 3.11}; empty if the name does not say
 * @param beam the SDK's version; empty if the name does not say, or not one that can be had
 */
record PythonImage(String python, String beam) {
  private static final Pattern PYTHON = Pattern.compile(".*python(3\\.\\d+).*");
  private static final Pattern RELEASE = Pattern.compile("\\d+\\.\\d+\\.\\d+(rc\\d+)?");

  static PythonImage of(String image) {
    Matcher matcher = PYTHON.matcher(image);
    String tag = new SdkImage(image).tag();
    return new PythonImage(
        matcher.matches() ? matcher.group(1) : "", RELEASE.matcher(tag).matches() ? tag : "");
  }
}
