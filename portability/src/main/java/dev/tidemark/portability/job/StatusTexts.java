package dev.tidemark.portability.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Texts for the status of a call, which travels in headers: clients drop more than 8 KiB. */
final class StatusTexts {
  private static final int MAX_BYTES = 5_000;

  private StatusTexts() {}

  /** A heading and a list, as much of it as goes into a status. */
  static String list(String heading, List<String> items) {
    StringBuilder text = new StringBuilder(heading);
    int room = MAX_BYTES - cost(heading);
    for (int i = 0; i < items.size(); i++) {
      String line = "\n  - " + shortened(items.get(i), MAX_BYTES / 4);
      room -= cost(line);
      if (room < 0) {
        return text.append("\n  - and ").append(items.size() - i).append(" more").toString();
      }
      text.append(line);
    }
    return text.toString();
  }

  /** A text, as much of it as goes into a status. */
  static String of(String text) {
    return shortened(text, MAX_BYTES);
  }

  private static String shortened(String text, int bytes) {
    int room = bytes;
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      room -= cost(Character.toString(text.codePointAt(i)));
      if (room < 0) {
        return text.substring(0, i) + "...";
      }
    }
    return text;
  }

  /** The bytes as they are written: what is not plain ASCII becomes three of them. */
  private static int cost(String text) {
    int cost = 0;
    for (byte each : text.getBytes(UTF_8)) {
      cost += each >= ' ' && each < 127 && each != '%' ? 1 : 3;
    }
    return cost;
  }
}
