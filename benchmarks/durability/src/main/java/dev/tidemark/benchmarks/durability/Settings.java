package dev.tidemark.benchmarks.durability;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a run is told on its command line.
 *
 * <p>Immutable.
 *
 * @param store where sums are kept
 * @param by what adds them up
 * @param workload what is summed up
 * @param directory of the store, if it is on disk
 * @param memoryMegabytes how much memory state in a store may take
 * @param epochMillis how often is committed
 * @param warmUp which part of the elements is not measured
 * @param haltAt after how many elements the process halts without closing anything
 */
record Settings(
    Store store,
    By by,
    Workload workload,
    Path directory,
    long memoryMegabytes,
    long epochMillis,
    double warmUp,
    long haltAt) {

  /** Who keeps the sums. */
  enum Store {
    /** Two threads and hash maps, without a runner. */
    PLAIN,
    /** The runner, without a store: state stays objects. */
    OBJECTS,
    /** The runner, with a store in memory: state is committed as bytes. */
    HEAP,
    /** The runner, with a store on disk. */
    DURABLE
  }

  /** What adds numbers up. */
  enum By {
    /** A function with state. */
    STATE,
    /** A combine of windows, which sends partial sums. */
    COMBINE
  }

  /**
   * Reads {@code --name=value} arguments.
   *
   * @throws IllegalArgumentException if one is unknown or has no value
   */
  static Settings parse(String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      if (!parts[0].startsWith("--") || parts.length < 2) {
        throw new IllegalArgumentException("not --name=value: " + argument);
      }
      given.put(parts[0].substring(2), parts[1]);
    }
    By by = By.valueOf(take(given, "by", "state").toUpperCase(Locale.ROOT));
    Settings settings =
        new Settings(
            Store.valueOf(take(given, "store", "durable").toUpperCase(Locale.ROOT)),
            by,
            new Workload(
                Long.parseLong(take(given, "keys", "10000")),
                Long.parseLong(take(given, "adds", "1000000")),
                Integer.parseInt(take(given, "lanes", "2")),
                Integer.parseInt(take(given, "payload", "0")),
                by == By.STATE),
            Path.of(take(given, "directory", "state")),
            Long.parseLong(take(given, "memory-megabytes", "512")),
            Long.parseLong(take(given, "epoch-millis", "100")),
            Double.parseDouble(take(given, "warm-up", "0.3")),
            Long.parseLong(take(given, "halt-at", "" + Long.MAX_VALUE)));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + given.keySet());
    }
    return settings;
  }

  private static String take(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }
}
