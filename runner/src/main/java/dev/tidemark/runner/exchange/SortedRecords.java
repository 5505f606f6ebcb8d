package dev.tidemark.runner.exchange;

/**
 * Goes through elements of pages in an order.
 *
 * <pre>{@code
 * while (records.next()) {
 *   use(records.page(), records.index());
 * }
 * }</pre>
 *
 * <p>Owned by the lane.
 */
public final class SortedRecords {
  private final KeySorter.Places places;
  private final long[] order;
  private int at = -1;
  private int page;
  private int index;
  private boolean startsKey;

  SortedRecords(KeySorter.Places places, long[] order) {
    this.places = places;
    this.order = order;
  }

  /** Goes to the next element; returns false if there is none. */
  public boolean next() {
    if (++at >= order.length) {
      return false;
    }
    int lastPage = page;
    int lastIndex = index;
    page = places.page(order[at]);
    index = places.index(order[at], page);
    startsKey =
        at == 0
            || order[at - 1] >> Integer.SIZE != order[at] >> Integer.SIZE
            || KeySorter.Places.compareKeys(
                    places.pages()[lastPage], lastIndex, places.pages()[page], index)
                != 0;
    return true;
  }

  /** The page of the element at hand. */
  public RecordBatch page() {
    return places.pages()[page];
  }

  /** The index of the element at hand in its page. */
  public int index() {
    return index;
  }

  /** Whether the element at hand is the first of its key. */
  public boolean startsKey() {
    return startsKey;
  }
}
