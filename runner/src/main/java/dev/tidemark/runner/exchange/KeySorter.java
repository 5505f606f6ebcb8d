package dev.tidemark.runner.exchange;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongArrays;
import it.unimi.dsi.fastutil.longs.LongComparator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers pages that were sent by key and puts their elements in order: all of one key together,
 * sorted by timestamp, and equal timestamps as they came. In which order the keys come depends on
 * nothing but the keys.
 *
 * <p>What is sorted is an index of eight bytes an element; the pages stay as they are. When there
 * is no memory for more of them they are written to disk, sorted, and such runs are merged in the
 * end.
 *
 * <p>Owned by the lane.
 */
public final class KeySorter {
  // Of the index, and of what sorting it takes.
  private static final int INDEX_BYTES = 24;
  private static final int MOST_ELEMENTS = 1 << 30;

  private final SpillSpace space;
  private final MemoryShare share;
  private final List<RecordBatch> pages = new ArrayList<>();
  private int[] ends = new int[16];
  private int size;
  private long bytes;
  private @Nullable SortedRuns runs;

  /** Makes one without pages. */
  public KeySorter(SpillSpace space) {
    this.space = space;
    this.share = space.budget().share();
  }

  /**
   * Adds a page.
   *
   * @throws SpillException if there is no memory for it, and what was there cannot be written
   */
  public void add(RecordBatch page) {
    size += page.size();
    bytes += page.memoryBytes() + (long) page.size() * INDEX_BYTES;
    if (pages.size() == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    ends[pages.size()] = size;
    pages.add(page);
    if (!share.resize(bytes) || size > MOST_ELEMENTS) {
      if (runs == null) {
        runs = new SortedRuns(space);
      }
      writeRun(runs);
    }
  }

  private void writeRun(SortedRuns to) {
    to.add(sortPages());
    share.resize(0);
  }

  /** Whether there is no page. */
  public boolean isEmpty() {
    return pages.isEmpty() && runs == null;
  }

  /**
   * The elements in order, each as a page and an index; takes them out of the sorter.
   *
   * @throws SpillException if anything is on disk and cannot be read
   */
  public SortedRecords sort() {
    SortedRuns onDisk = runs;
    if (onDisk == null) {
      return sortPages();
    }
    writeRun(onDisk);
    runs = null;
    return onDisk.merge();
  }

  private SortedRecords sortPages() {
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
    HashSorter sorter = new HashSorter(places, order);
    for (int from = 0, to; from < order.length; from = to) {
      to = endOfHash(order, from);
      sorter.sort(from, to);
    }
    pages.clear();
    ends = new int[16];
    size = 0;
    bytes = 0;
    return new InMemory(places, order, sorter.shared);
  }

  private static int endOfHash(long[] order, int from) {
    int to = from + 1;
    while (to < order.length && order[to] >> Integer.SIZE == order[from] >> Integer.SIZE) {
      to++;
    }
    return to;
  }

  /**
   * Sorts what has one hash, by key and timestamp; mostly it is of one key, and often in order
   * already. Each element is looked at once, as that is a jump to somewhere in the pages.
   */
  private static final class HashSorter {
    private final Places places;
    private final long[] order;
    private long[] timestamps = new long[64];

    /** The hashes that several keys have. */
    final IntOpenHashSet shared = new IntOpenHashSet();

    HashSorter(Places places, long[] order) {
      this.places = places;
      this.order = order;
    }

    void sort(int from, int to) {
      if (timestamps.length < to - from) {
        timestamps = new long[Math.max(to - from, 2 * timestamps.length)];
      }
      int page = places.page(order[from]);
      RecordBatch first = places.pages()[page];
      int firstIndex = places.index(order[from], page);
      long last = first.timestamp(firstIndex);
      timestamps[0] = last;
      boolean inOrder = true;
      for (int i = from + 1; i < to; i++) {
        page = places.page(order[i], page);
        RecordBatch at = places.pages()[page];
        int index = places.index(order[i], page);
        if (Places.compareKeys(first, firstIndex, at, index) != 0) {
          shared.add((int) (order[from] >> Integer.SIZE));
          LongArrays.quickSort(order, from, to, places);
          return;
        }
        long timestamp = at.timestamp(index);
        timestamps[i - from] = timestamp;
        inOrder &= last <= timestamp;
        last = timestamp;
      }
      if (!inOrder) {
        sortByTime(from, to);
      }
    }

    /** In linear time, as one key may have most of the elements. */
    private void sortByTime(int from, int to) {
      long[] entries = Arrays.copyOfRange(order, from, to);
      LongArrays.radixSort(timestamps, entries, 0, entries.length);
      System.arraycopy(entries, 0, order, from, entries.length);
    }
  }

  private final class InMemory implements SortedRecords {
    private final Places places;
    private final long[] order;
    private final IntOpenHashSet shared;
    private int at = -1;
    private int page;
    private int index;
    private boolean startsKey;

    /**
     * Shows elements that are sorted.
     *
     * @param shared the hashes that several keys have
     */
    InMemory(Places places, long[] order, IntOpenHashSet shared) {
      this.places = places;
      this.order = order;
      this.shared = shared;
    }

    @Override
    public boolean next() {
      if (++at >= order.length) {
        return false;
      }
      int lastPage = page;
      int lastIndex = index;
      page = places.page(order[at], page);
      index = places.index(order[at], page);
      int hash = (int) (order[at] >> Integer.SIZE);
      startsKey =
          at == 0
              || (int) (order[at - 1] >> Integer.SIZE) != hash
              || (shared.contains(hash)
                  && Places.compareKeys(
                          places.pages()[lastPage], lastIndex, places.pages()[page], index)
                      != 0);
      return true;
    }

    @Override
    public RecordBatch page() {
      return places.pages()[page];
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public boolean startsKey() {
      return startsKey;
    }

    @Override
    public void close() {
      share.resize(0);
    }
  }

  /** Where elements are, by the number in the low half of their index entry. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Places(RecordBatch[] pages, int[] ends) implements LongComparator {

    /** Which of the pages holds the element. */
    int page(long entry) {
      int found = Arrays.binarySearch(ends, 0, pages.length, (int) entry + 1);
      return found < 0 ? -found - 1 : found;
    }

    /** The same, if it is probably this one or the one after it. */
    int page(long entry, int likely) {
      int place = (int) entry;
      if (place >= (likely == 0 ? 0 : ends[likely - 1])) {
        if (place < ends[likely]) {
          return likely;
        }
        if (likely + 1 < pages.length && place < ends[likely + 1]) {
          return likely + 1;
        }
      }
      return page(entry);
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
