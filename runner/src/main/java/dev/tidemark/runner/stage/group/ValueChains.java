package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.RecordBatch;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The encoded values of many groups, chained in the order in which they came. Holds the pages that
 * they lie in, and 12 bytes for each value.
 *
 * <p>Owned by the lane.
 */
final class ValueChains {
  private static final int BLOCK_BITS = 14;
  private static final int BLOCK = 1 << BLOCK_BITS;

  private final List<RecordBatch> pages = new ArrayList<>();

  // Value v lies in page places[v] >>> 32 as element (int) places[v]; next[v] follows it in its
  // group. Both in blocks, so that growing copies nothing.
  private final List<long[]> places = new ArrayList<>();
  private final List<int[]> next = new ArrayList<>();
  private int values;

  private int[] heads = new int[8];
  private int[] tails = new int[8];
  private int[] counts = new int[8];

  /** Begins with the next page. */
  void startPage(RecordBatch page) {
    pages.add(page);
  }

  /** Adds an element of the page at hand to a group; groups are numbered from 0 without gaps. */
  void append(int group, int element) {
    int value = addValue(element);
    if (group == heads.length) {
      int capacity = 2 * group;
      heads = Arrays.copyOf(heads, capacity);
      tails = Arrays.copyOf(tails, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
    if (counts[group]++ == 0) {
      heads[group] = value;
    } else {
      link(tails[group], value);
    }
    tails[group] = value;
  }

  /** Unites groups into the first of them, in the order in which their values came. */
  void unite(int[] groups) {
    if (groups.length == 1) {
      return;
    }
    IntArrayList united = new IntArrayList();
    for (int group : groups) {
      for (int i = 0, value = heads[group]; i < counts[group]; i++, value = next(value)) {
        united.add(value);
      }
    }
    // Values are numbered as they came.
    int[] sorted = united.toIntArray();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      link(sorted[i - 1], sorted[i]);
    }
    heads[groups[0]] = sorted[0];
    counts[groups[0]] = sorted.length;
  }

  /** How many values a group has. */
  int count(int group) {
    return counts[group];
  }

  /** The first value of a group. */
  int first(int group) {
    return heads[group];
  }

  /** The value after another one of its group, which has one. */
  int next(int value) {
    return next.get(value >>> BLOCK_BITS)[value & (BLOCK - 1)];
  }

  /** The page that a value lies in. */
  RecordBatch page(int value) {
    return pages.get((int) (place(value) >>> 32));
  }

  /** Which element of its page a value is. */
  int element(int value) {
    return (int) place(value);
  }

  private long place(int value) {
    return places.get(value >>> BLOCK_BITS)[value & (BLOCK - 1)];
  }

  private void link(int value, int following) {
    next.get(value >>> BLOCK_BITS)[value & (BLOCK - 1)] = following;
  }

  private int addValue(int element) {
    if ((values & (BLOCK - 1)) == 0) {
      if (values == Integer.MIN_VALUE) {
        throw new IllegalStateException(
            "more than 2^31 values to group in one lane; use more lanes");
      }
      places.add(new long[BLOCK]);
      next.add(new int[BLOCK]);
    }
    places.get(values >>> BLOCK_BITS)[values & (BLOCK - 1)] =
        (long) (pages.size() - 1) << 32 | element;
    return values++;
  }
}
