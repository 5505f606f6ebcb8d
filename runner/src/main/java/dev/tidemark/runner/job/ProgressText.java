package dev.tidemark.runner.job;

import dev.tidemark.runner.epoch.Execution.Progress;
import dev.tidemark.runner.epoch.Execution.StageProgress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Says in a line how far a job has come, and how fast it went since the line before.
 *
 * <p>Owned by the job's monitor thread.
 */
final class ProgressText {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int columns;
  private long lastNanos;
  private long lastElements;
  private Map<String, Long> lastBusy = new HashMap<>();

  /**
   * Makes one whose lines are cut at a width.
   *
   * @param columns how many characters fit into a line
   */
  ProgressText(int columns) {
    this.columns = columns;
  }

  /**
   * Returns the next line.
   *
   * @param progress how far the job has come
   * @param nanos how long it has run
   */
  String of(Progress progress, long nanos) {
    double seconds = Math.max(1, nanos - lastNanos) / (double) NANOS_PER_SECOND;
    long rate = Math.round((progress.elements() - lastElements) / seconds);
    String line =
        String.format(
            Locale.ROOT,
            "%s, epoch %d, %,d elements (%,d/s), watermark %s%s",
            duration(nanos / NANOS_PER_SECOND),
            progress.epoch(),
            progress.elements(),
            rate,
            watermark(progress.watermarkMillis()),
            slowest(progress));
    lastNanos = nanos;
    lastElements = progress.elements();
    return line.length() < columns ? line : line.substring(0, columns - 1);
  }

  /** The stage that worked most since the line before, and its share of all work. */
  private String slowest(Progress progress) {
    Map<String, Long> busy = new HashMap<>();
    long total = 0;
    long most = 0;
    String name = "";
    for (StageProgress stage : progress.stages()) {
      busy.put(stage.name(), stage.busyNanos());
      long worked = stage.busyNanos() - lastBusy.getOrDefault(stage.name(), 0L);
      total += worked;
      if (worked > most) {
        most = worked;
        name = stage.name();
      }
    }
    lastBusy = busy;
    return most == 0
        ? ""
        : String.format(Locale.ROOT, ", slowest %s (%d%%)", name, Math.round(100.0 * most / total));
  }

  private static String watermark(long millis) {
    if (millis <= BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis()) {
      return "at the start";
    }
    if (millis >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()) {
      return "at the end";
    }
    return Instant.ofEpochMilli(millis).toString();
  }

  private static String duration(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60)
            : String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
  }
}
