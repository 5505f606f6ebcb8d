package dev.tidemark.portability.job;

/** Shortens what is too long for a client's message: the start and the end are kept. */
final class MessageTexts {
  private MessageTexts() {}

  /** At most {@code max} characters of a text and a remark. */
  static String shortened(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int head = max / 2;
    int tail = text.length() - (max - head);
    if (Character.isHighSurrogate(text.charAt(head - 1))) {
      head--;
    }
    if (Character.isLowSurrogate(text.charAt(tail))) {
      tail++;
    }
    return text.substring(0, head)
        + "\n... ("
        + (tail - head)
        + " characters are left out here) ...\n"
        + text.substring(tail);
  }
}
