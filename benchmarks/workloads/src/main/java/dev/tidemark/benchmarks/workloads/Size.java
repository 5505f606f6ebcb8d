package dev.tidemark.benchmarks.workloads;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How large the work is.
 *
 * <p>Immutable.
 *
 * @param elements how many elements there are
 * @param keys how many keys they have
 * @param bytes how large the value of an element is, where it is bytes
 * @param perSecond how many elements come in a second of event time; 0 if they have none
 * @param file the text to read, of {@code word-count}
 */
record Size(long elements, long keys, int bytes, long perSecond, @Nullable String file)
    implements Serializable {
  private static final long MANY_KEYS = 50_000;

  /** The size in which the results are published. */
  static Size of(String workload) {
    return switch (workload) {
      case "word-count" -> new Size(0, 0, 0, 0, null);
      case "group-by-key" -> new Size(5_000_000, 1_000_000, 100, 0, null);
      case "group-by-key-large" -> new Size(3_000_000, 300_000, 1_000, 0, null);
      case "sum-per-key" -> new Size(20_000_000, 1_000, 0, 0, null);
      case "ten-pardos" -> new Size(20_000_000, 0, 0, 0, null);
      case "co-group-by-key" -> new Size(5_000_000, 1_000_000, 0, 0, null);
      case "map-side-input" -> new Size(10_000_000, 100_000, 0, 0, null);
      case "windowed-counts" -> new Size(10_000_000, 10_000, 0, 500_000, null);
      case "stateful", "stateful-unbounded" -> new Size(5_000_000, 100_000, 0, 500_000, null);
      // Of two thousand million keys these hit more than 50 million.
      case "distinct-keys" -> new Size(51_000_000, Integer.MAX_VALUE, 8, 0, null);
      case "hot-key" -> new Size(2_000_000, 1, 1_000, 0, null);
      case "co-group-by-key-hot" -> new Size(2_000_000, 10_000, 1_000, 0, null);
      case "map-side-input-large" -> new Size(2_000_000, 1_000_000, 1_000, 0, null);
      case "start-up" -> new Size(3, 0, 0, 0, null);
      default -> throw new IllegalArgumentException("There is no workload " + workload);
    };
  }

  /**
   * This size with what arguments such as {@code --elements=5} say.
   *
   * @param others takes the arguments that say something else
   */
  Size with(List<String> arguments, List<String> others) {
    Size size = this;
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String value = argument.substring(equals + 1);
      switch (argument.substring(0, Math.max(0, equals))) {
        case "--elements" ->
            size =
                new Size(Long.parseLong(value), size.keys, size.bytes, size.perSecond, size.file);
        case "--keys" ->
            size =
                new Size(
                    size.elements, Long.parseLong(value), size.bytes, size.perSecond, size.file);
        case "--bytes" ->
            size =
                new Size(
                    size.elements, size.keys, Integer.parseInt(value), size.perSecond, size.file);
        case "--per-second" ->
            size = new Size(size.elements, size.keys, size.bytes, Long.parseLong(value), size.file);
        case "--scale" -> size = size.scaled(Double.parseDouble(value));
        case "--file" ->
            size = new Size(size.elements, size.keys, size.bytes, size.perSecond, value);
        default -> others.add(argument);
      }
    }
    return size;
  }

  /** So much of the work: fewer elements, and fewer keys where they are many. */
  private Size scaled(double factor) {
    return new Size(
        Math.max(1, Math.round(elements * factor)),
        keys < MANY_KEYS ? keys : Math.max(1, Math.round(keys * factor)),
        bytes,
        perSecond,
        file);
  }

  /** The text to read. */
  String text() {
    if (file == null) {
      throw new IllegalArgumentException("--file is missing");
    }
    return file;
  }
}
