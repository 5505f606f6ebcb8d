package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Windowing.Span;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The grouping transform of a random pipeline. Its output is {@code KV<Integer, List<Integer>>}.
 */
sealed interface Aggregation extends Serializable {

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

  /** What a whole group of a window comes to, given its values in any order; sorted. */
  List<Integer> result(List<Integer> values, Span span);

  /** How observed parts become comparable with {@link #result}. */
  Reassembly reassembly(boolean accumulating);

  /** Whether it is a stateful function, which merging windows do not allow. */
  default boolean stateful() {
    return false;
  }

  /** GroupByKey. */
  record Group() implements Aggregation {
    @Override
    public List<Integer> result(List<Integer> values, Span span) {
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
    public List<Integer> result(List<Integer> values, Span span) {
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
    public List<Integer> result(List<Integer> values, Span span) {
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
    public List<Integer> result(List<Integer> values, Span span) {
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

  /** Keeps values in state and puts them out when a timer says so. */
  record Buffer(Flush flush, Store store) implements Aggregation {
    /** How many times a looping timer fires. */
    static final int TICKS = 4;

    enum Flush {
      /** At the end of the window, and at once for what comes later. */
      END_OF_WINDOW,
      /** The same, but with timestamps a little before, for which the watermark is held back. */
      HELD,
      /** After some processing time, and the rest at the end of the window. */
      PROCESSING_TIME,
      /** When the window expires. */
      EXPIRATION,
      /** By a timer that sets itself again some times, and leaves a mark each time. */
      LOOP
    }

    enum Store {
      VALUE,
      BAG,
      COMBINING,
      MAP,
      MULTIMAP,
      ORDERED_LIST
    }

    /** When a looping timer fires the {@code number}th time, from 1. */
    static long tickMillis(Span span, int number) {
      return span.equals(Span.GLOBAL)
          ? 100L * number
          : span.startMillis() + (span.endMillis() - span.startMillis()) * number / (TICKS + 1);
    }

    /** What is put out then. */
    static int tickMark(int number) {
      return -number;
    }

    @Override
    public List<Integer> result(List<Integer> values, Span span) {
      List<Integer> all = new ArrayList<>(values);
      for (int tick = 1; flush == Flush.LOOP && tick <= TICKS; tick++) {
        all.add(tickMark(tick));
      }
      return all.stream().sorted().toList();
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
    public List<Integer> result(List<Integer> values, Span span) {
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
    public List<Integer> result(List<Integer> values, Span span) {
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
