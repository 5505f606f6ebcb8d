package dev.tidemark.runner.exchange;

import it.unimi.dsi.fastutil.longs.LongArrays;
import it.unimi.dsi.fastutil.longs.LongComparator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers pages that were sent by key and puts their elements in order: all of one key together,
 * sorted by timestamp, and equal timestamps as they came. In which order the keys come depends on
 * nothing but the keys.
 *
 * <p>What is sorted is an index of eight bytes an element; the pages stay as they are.
 *
 * <p>Owned by the lane.
 */
public final class KeySorter {
  private final List<RecordBatch> pages = new ArrayList<>();
  private int[] ends = new int[16];
  private int size;

  /**
   * Adds a page.
   *
   * @throws IllegalStateException if there are more elements than an index can hold
   */
  public void add(RecordBatch page) {
    if (size > Integer.MAX_VALUE - 8 - page.size()) {
      throw new IllegalStateException(
          "a lane cannot sort more than " + size + " elements by key; use more lanes");
    }
    size += page.size();
    if (pages.size() == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    ends[pages.size()] = size;
    pages.add(page);
  }

  /** Whether there is no page. */
  public boolean isEmpty() {
    return pages.isEmpty();
  }

  /** The elements in order, each as a page and an index; takes them out of the sorter. */
  public SortedRecords sort() {
    Places places = new Places(pages.toArray(RecordBatch[]::new), ends);
    // By hash and place first, which costs no look into the pages.
    long[] order = new long[size];
    int i = 0;
    for (RecordBatch page : pages) {
      for (int at = 0; at < page.size(); at++, i++) {
        order[i] = (long) page.keyHash(at) << Integer.SIZE | i;
      }
    }
    Arrays.sort(order);
    for (int from = 0, to; from < order.length; from = to) {
      to = endOfHash(order, from);
      sortHash(order, from, to, places);
    }
    pages.clear();
    ends = new int[16];
    size = 0;
    return new SortedRecords(places, order);
  }

  private static int endOfHash(long[] order, int from) {
    int to = from + 1;
    while (to < order.length && order[to] >> Integer.SIZE == order[from] >> Integer.SIZE) {
      to++;
    }
    return to;
  }

  /** Sorts what has one hash; mostly it is of one key, and often in order already. */
  private static void sortHash(long[] order, int from, int to, Places places) {
    boolean inOrder = true;
    boolean oneKey = true;
    for (int i = from + 1; i < to; i++) {
      inOrder &= places.compare(order[i - 1], order[i]) < 0;
      oneKey &= places.compareKeys(order[i - 1], order[i]) == 0;
    }
    if (inOrder) {
      return;
    }
    if (oneKey) {
      sortByTime(order, from, to, places);
    } else {
      LongArrays.quickSort(order, from, to, places);
    }
  }

  /** In linear time, as one key may have most of the elements. */
  private static void sortByTime(long[] order, int from, int to, Places places) {
    long[] timestamps = new long[to - from];
    long[] entries = Arrays.copyOfRange(order, from, to);
    for (int i = 0; i < entries.length; i++) {
      timestamps[i] = places.timestamp(entries[i]);
    }
    LongArrays.radixSort(timestamps, entries);
    System.arraycopy(entries, 0, order, from, entries.length);
  }

  /** Where elements are, by the number in the low half of their index entry. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Places(RecordBatch[] pages, int[] ends) implements LongComparator {

    /** Which of the pages holds the element. */
    int page(long entry) {
      int found = Arrays.binarySearch(ends, 0, pages.length, (int) entry + 1);
      return found < 0 ? -found - 1 : found;
    }

    /** Where in its page the element is. */
    int index(long entry, int page) {
      return (int) entry - (page == 0 ? 0 : ends[page - 1]);
    }

    long timestamp(long entry) {
      int page = page(entry);
      return pages[page].timestamp(index(entry, page));
    }

    @Override
    public int compare(long one, long other) {
      int byKey = compareKeys(one, other);
      if (byKey != 0) {
        return byKey;
      }
      int byTime = Long.compare(timestamp(one), timestamp(other));
      return byTime != 0 ? byTime : Integer.compare((int) one, (int) other);
    }

    int compareKeys(long one, long other) {
      int onePage = page(one);
      int otherPage = page(other);
      return compareKeys(
          pages[onePage], index(one, onePage), pages[otherPage], index(other, otherPage));
    }

    static int compareKeys(RecordBatch a, int i, RecordBatch b, int j) {
      int from = a.keyOffset(i);
      int otherFrom = b.keyOffset(j);
      return Arrays.compareUnsigned(
          a.payload(),
          from,
          from + a.keyLength(i),
          b.payload(),
          otherFrom,
          otherFrom + b.keyLength(j));
    }
  }
}
