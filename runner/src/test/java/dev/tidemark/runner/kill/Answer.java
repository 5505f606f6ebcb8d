package dev.tidemark.runner.kill;

import java.util.HashMap;
import java.util.Map;

/** What the job has to have written in the end, line by line. */
final class Answer {
  static final int SPLITS = 4;
  static final int KEYS = 16;
  static final long WINDOW_MILLIS = 2_000;

  /** Of so many numbers the first half belongs to a session, the others to none. */
  static final long PERIOD = 40;

  static final long GAP_MILLIS = 10 * PacedSource.STEP_MILLIS;

  private Answer() {}

  /** The number of an element of all splits. */
  static long id(int split, long number) {
    return number * SPLITS + split;
  }

  static int key(int split, long number) {
    return (int) (id(split, number) % KEYS);
  }

  static boolean isInSession(long number) {
    return number % PERIOD < PERIOD / 2;
  }

  static String counted(int key, long count) {
    return "counted " + key + " " + count;
  }

  static String delayed(long id) {
    return "delayed " + id;
  }

  static String timed(int key, long startMillis, long count, long sum) {
    return "timed " + key + " " + startMillis + " " + count + " " + sum;
  }

  static String session(int split, long startMillis, long endMillis, long count, long sum) {
    return "session " + split + " " + startMillis + " " + endMillis + " " + count + " " + sum;
  }

  static String sided(long id, long side) {
    return "sided " + id + " " + side;
  }

  /**
   * The lines, each of which is to be there once.
   *
   * @param limit how many numbers each split has
   */
  static Map<String, Integer> lines(long limit) {
    Map<String, Integer> lines = new HashMap<>();
    Map<Long, Long> sides = new HashMap<>();
    for (long number = 0; number < limit; number++) {
      sides.merge(window(number), number, Long::sum);
    }
    long[] counts = new long[KEYS];
    Map<Long, long[]> timed = new HashMap<>();
    for (int split = 0; split < SPLITS; split++) {
      for (long number = 0; number < limit; number++) {
        long id = id(split, number);
        int key = key(split, number);
        add(lines, counted(key, ++counts[key]));
        add(lines, delayed(id));
        add(lines, sided(id, sides.getOrDefault(window(number), 0L)));
        long[] sum = timed.computeIfAbsent(window(number) * KEYS + key, any -> new long[2]);
        sum[0]++;
        sum[1] += id;
      }
      addSessions(lines, split, limit);
    }
    timed.forEach(
        (cell, sum) ->
            add(lines, timed((int) (cell % KEYS), cell / KEYS * WINDOW_MILLIS, sum[0], sum[1])));
    return lines;
  }

  private static void addSessions(Map<String, Integer> lines, int split, long limit) {
    for (long first = 0; first < limit; first += PERIOD) {
      long last = Math.min(first + PERIOD / 2, limit) - 1;
      long count = last - first + 1;
      long sum = 0;
      for (long number = first; number <= last; number++) {
        sum += id(split, number);
      }
      add(
          lines,
          session(
              split,
              PacedSource.timeMillis(first),
              PacedSource.timeMillis(last) + GAP_MILLIS,
              count,
              sum));
    }
  }

  private static long window(long number) {
    return PacedSource.timeMillis(number) / WINDOW_MILLIS;
  }

  private static void add(Map<String, Integer> lines, String line) {
    lines.merge(line, 1, Integer::sum);
  }
}
