package dev.tidemark.portability.server;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How times and sizes are shown in lists. */
final class StateListing {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());
  private static final String[] UNITS = {"B ", "kB", "MB", "GB", "TB"};
  private static final long KILO = 1000;

  private StateListing() {}

  /** A line that ends where the name is to follow. */
  static String line(Instant time, long bytes, String remark) {
    return MINUTES.format(time) + "  " + size(bytes) + "  " + String.format("%-8s", remark);
  }

  private static String size(long bytes) {
    double number = bytes;
    int unit = 0;
    while (number >= KILO && unit < UNITS.length - 1) {
      number /= KILO;
      unit++;
    }
    return String.format(Locale.ROOT, "%6.1f %s", number, UNITS[unit]);
  }
}
