package dev.tidemark.benchmarks.streaming;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run is told on its command line.
 *
 * <p>Immutable.
 *
 * @param store where state is committed
 * @param directory of the store, if it is on disk
 * @param lanes how many there are
 * @param perSecond how many elements come in a second
 * @param keys how many keys they have
 * @param warmUpSeconds for how long nothing is measured
 * @param seconds for how long is measured after that
 * @param then what a job that is idle has: nothing at all, or watermarks
 * @param broker host and port of a Kafka broker, of which the job reads an idle partition, too
 */
record Settings(
    Store store,
    Path directory,
    int lanes,
    long perSecond,
    long keys,
    int warmUpSeconds,
    int seconds,
    ScheduledSource.Then then,
    @Nullable String broker) {

  /** Where state is committed. */
  enum Store {
    /** Nowhere: it stays objects. */
    OBJECTS,
    /** As bytes in memory. */
    HEAP,
    /** On disk. */
    DURABLE
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
    Settings settings =
        new Settings(
            Store.valueOf(take(given, "store", "objects").toUpperCase(Locale.ROOT)),
            Path.of(take(given, "directory", "state")),
            Integer.parseInt(take(given, "lanes", "2")),
            Long.parseLong(take(given, "per-second", "50000")),
            Long.parseLong(take(given, "keys", "10000")),
            Integer.parseInt(take(given, "warm-up", "15")),
            Integer.parseInt(take(given, "seconds", "30")),
            ScheduledSource.Then.valueOf(take(given, "then", "silence").toUpperCase(Locale.ROOT)),
            given.remove("broker"));
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
