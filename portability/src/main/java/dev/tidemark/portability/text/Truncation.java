package dev.tidemark.portability.text;

/** Cuts texts that are too long, and says so in them; no character is cut in two. */
public final class Truncation {
  private Truncation() {}

  /** The text, or its first {@code max} characters and how many there were. */
  public static String head(String text, int max) {
    return text.length() <= max
        ? text
        : text.substring(0, endOfHead(text, max)) + "… (" + text.length() + " characters)";
  }

  /**
   * The text, or half of {@code max} characters of its start and of its end, and what is missing.
   */
  public static String ends(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int head = endOfHead(text, max / 2);
    int tail = text.length() - (max - max / 2);
    if (Character.isLowSurrogate(text.charAt(tail))) {
      tail++;
    }
    return text.substring(0, head)
        + "\n... ("
        + (tail - head)
        + " characters are left out here) ...\n"
        + text.substring(tail);
  }

  private static int endOfHead(String text, int max) {
    return max > 0 && Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
  }
}
