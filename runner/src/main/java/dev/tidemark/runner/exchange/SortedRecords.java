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
public interface SortedRecords {
  /**
   * Goes to the next element; returns false if there is none.
   *
   * @throws SpillException if it is on disk and cannot be read
   */
  boolean next();

  /** The page of the element at hand. */
  RecordBatch page();

  /** The index of the element at hand in its page. */
  int index();

  /** Whether the element at hand is the first of its key. */
  boolean startsKey();

  /** Lets go of memory and files; the elements cannot be used any more. */
  default void close() {}
}
