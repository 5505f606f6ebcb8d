package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpilledPages;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the encoded values of one group: those on disk, then those in memory.
 *
 * <p>Owned by the lane.
 */
final class GroupCursor {
  private final @Nullable SpilledPages pages;
  private final ByteChains.Cursor values;
  private final ByteChains.@Nullable Cursor arrivals;
  private int nextPage;
  private @Nullable RecordBatch page;
  private int index;

  /**
   * Stands before the first value.
   *
   * @param pages what is on disk, if anything is; the arrival of each value as its timestamp
   * @param values what is in memory
   * @param arrivals the number of each value in memory, or null if they are all 0
   */
  GroupCursor(
      @Nullable SpilledPages pages,
      ByteChains.Cursor values,
      ByteChains.@Nullable Cursor arrivals) {
    this.pages = pages;
    this.values = values;
    this.arrivals = arrivals;
  }

  private GroupCursor(GroupCursor other) {
    this.pages = other.pages;
    this.values = other.values.copy();
    this.arrivals = other.arrivals == null ? null : other.arrivals.copy();
    this.nextPage = other.nextPage;
    this.page = other.page;
    this.index = other.index;
  }

  /** Whether some of the values are on disk. */
  boolean isOnDisk() {
    return pages != null;
  }

  /** A cursor of its own that stands at the same place. */
  GroupCursor copy() {
    return new GroupCursor(this);
  }

  /** Goes to the next value; returns false if there is none. */
  boolean next() {
    if (page != null && ++index < page.size()) {
      return true;
    }
    if (pages != null && nextPage < pages.pageCount()) {
      page = pages.page(nextPage++);
      index = 0;
      return true;
    }
    page = null;
    return values.next() && (arrivals == null || arrivals.next());
  }

  /** The array that holds the value at hand; not to be changed. */
  byte[] bytes() {
    return page == null ? values.bytes() : page.payload();
  }

  /** Where the value at hand starts in {@link #bytes}. */
  int offset() {
    return page == null ? values.offset() : page.valueOffset(index);
  }

  /** The length of the value at hand. */
  int length() {
    return page == null ? values.length() : page.valueLength(index);
  }

  /** The number of the value at hand among those of all groups, if they are numbered. */
  long arrival() {
    if (page != null) {
      return page.timestamp(index);
    }
    long number = 0;
    for (int i = 0; arrivals != null && i < Long.BYTES; i++) {
      number |= (arrivals.bytes()[arrivals.offset() + i] & 0xffL) << (8 * i);
    }
    return number;
  }
}
