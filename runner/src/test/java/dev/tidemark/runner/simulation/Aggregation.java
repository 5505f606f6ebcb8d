package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The grouping transform of a random pipeline. Its output is {@code KV<Integer, List<Integer>>}.
 */
sealed interface Aggregation {

  /** How the parts of one group that were put out at different times are put together again. */
  enum Reassembly {
    /** All parts together, sorted. */
    UNION,
    /** The part with the highest pane index, sorted. */
    LAST_PANE,
    /** One number: the sum of the parts. */
    SUM,
    /** One number: the largest of the parts. */
    MAXIMUM,
    /** Parts are {@code [bucket, count, sum]}: for each bucket the part with the highest count. */
    HIGHEST_COUNT
  }

  /** What a whole group comes to, given its values in any order; sorted. */
  List<Integer> result(List<Integer> values);

  /** How observed parts become comparable with {@link #result}. */
  Reassembly reassembly(boolean accumulating);

  /** Whether it is a stateful function, which merging windows do not allow. */
  default boolean stateful() {
    return false;
  }

  /** GroupByKey. */
  record Group() implements Aggregation {
    @Override
    public List<Integer> result(List<Integer> values) {
      return values.stream().sorted().toList();
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      return accumulating ? Reassembly.LAST_PANE : Reassembly.UNION;
    }
  }

  /**
   * CoGroupByKey of the collection with a changed copy of itself; values from the left are doubled,
   * those from the right are doubled plus one.
   *
   * @param right what is done to the right side's elements
   */
  record Join(List<Step> right) implements Aggregation {
    @Override
    public List<Integer> result(List<Integer> values) {
      return values.stream().sorted().toList();
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      return accumulating ? Reassembly.LAST_PANE : Reassembly.UNION;
    }
  }

  /**
   * Combine per key.
   *
   * @param fanout hot-key fanout, or 0
   */
  record Combine(Function function, int fanout) implements Aggregation {
    enum Function {
      SUM,
      MAXIMUM,
      COUNT
    }

    @Override
    public List<Integer> result(List<Integer> values) {
      return List.of(
          switch (function) {
            case SUM -> values.stream().mapToInt(Integer::intValue).sum();
            case MAXIMUM -> values.stream().mapToInt(Integer::intValue).max().orElseThrow();
            case COUNT -> values.size();
          });
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      if (accumulating) {
        return Reassembly.LAST_PANE;
      }
      return function == Function.MAXIMUM ? Reassembly.MAXIMUM : Reassembly.SUM;
    }
  }

  /** GroupIntoBatches. */
  record Batches(int size) implements Aggregation {
    @Override
    public List<Integer> result(List<Integer> values) {
      return values.stream().sorted().toList();
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      return Reassembly.UNION;
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  /** Keeps values in a bag and puts them out when a timer says so. */
  record Buffer(Flush flush) implements Aggregation {
    enum Flush {
      /** At the end of the window, and at once for what comes later. */
      END_OF_WINDOW,
      /** After some processing time, and the rest at the end of the window. */
      PROCESSING_TIME,
      /** When the window expires. */
      EXPIRATION
    }

    @Override
    public List<Integer> result(List<Integer> values) {
      return values.stream().sorted().toList();
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      return Reassembly.UNION;
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  /** Puts out each value of a key once, remembered in a set or a map. */
  record Deduplicate(boolean inMap) implements Aggregation {
    @Override
    public List<Integer> result(List<Integer> values) {
      return List.copyOf(new TreeSet<>(values));
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      return Reassembly.UNION;
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  /**
   * Counts and sums in value and combining state, and puts the totals out at the end of the window,
   * and again for what comes later; values fall into buckets with a timer of a family each.
   */
  record Totals(int buckets) implements Aggregation {
    @Override
    public List<Integer> result(List<Integer> values) {
      List<Integer> parts = new ArrayList<>();
      for (int bucket = 0; bucket < buckets; bucket++) {
        int count = 0;
        int sum = 0;
        for (int value : values) {
          if (Math.floorMod(value, buckets) == bucket) {
            count++;
            sum += value;
          }
        }
        if (count > 0) {
          parts.addAll(List.of(bucket, count, sum));
        }
      }
      return parts;
    }

    @Override
    public Reassembly reassembly(boolean accumulating) {
      return Reassembly.HIGHEST_COUNT;
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }
}
