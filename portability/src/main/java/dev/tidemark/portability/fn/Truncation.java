package dev.tidemark.portability.fn;

/** Cuts texts that are too long, and says so in them. */
final class Truncation {
  private Truncation() {}

  /** The text, or its first characters with a note on how many there were. */
  static String of(String text, int characters) {
    return text.length() <= characters
        ? text
        : text.substring(0, characters) + "… (" + text.length() + " characters)";
  }
}
