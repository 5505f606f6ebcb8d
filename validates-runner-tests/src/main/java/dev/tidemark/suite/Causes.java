package dev.tidemark.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Groups failures that have the same cause, to see what is worth doing first. Stateless. */
public final class Causes {
  private static final int WIDTH = 160;

  private Causes() {}

  /** A table of the failures among {@code results}: the cause, most frequent first, its tests. */
  public static String table(List<TestResult> results) {
    Map<String, List<TestResult>> byCause = new TreeMap<>();
    for (TestResult result : results) {
      if (result.outcome() == Outcome.FAILED) {
        byCause.computeIfAbsent(causeOf(result), any -> new ArrayList<>()).add(result);
      }
    }
    StringBuilder table = new StringBuilder();
    byCause.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
        .forEach(
            entry -> {
              table.append(entry.getValue().size()).append("  ").append(entry.getKey());
              table.append('\n');
              for (TestResult result : entry.getValue()) {
                table.append("      ").append(result.test().id().shortName()).append('\n');
              }
            });
    return table.toString();
  }

  /** The innermost cause of a failure and where it was thrown, without what differs by chance. */
  static String causeOf(TestResult result) {
    String cause = "";
    String place = "";
    boolean placeWanted = true;
    for (String line : result.detail().lines().toList()) {
      String text = line.strip();
      if (cause.isEmpty() || text.startsWith("Caused by: ")) {
        cause = text.startsWith("Caused by: ") ? text.substring(11) : text;
        place = "";
        placeWanted = true;
      } else if (placeWanted && text.startsWith("at ") && !isPlumbing(text)) {
        place = text;
        placeWanted = false;
      }
    }
    String general = cause.replaceAll("@[0-9a-f]{4,}", "@…").replaceAll("\\d{3,}", "…");
    return shorten(general, WIDTH) + (place.isEmpty() ? "" : " | " + shorten(place, 90));
  }

  static String shorten(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  private static boolean isPlumbing(String frame) {
    return frame.startsWith("at java.")
        || frame.startsWith("at jdk.")
        || frame.startsWith("at org.junit.")
        || frame.startsWith("at org.hamcrest.")
        || frame.contains("Preconditions.");
  }
}
