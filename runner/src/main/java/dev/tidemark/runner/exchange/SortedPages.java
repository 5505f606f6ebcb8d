package dev.tidemark.runner.exchange;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Records on disk, sorted by key: found by key with one or two reads, and read in order from there.
 * In memory it takes some bytes a page.
 *
 * <p>Immutable; may be read from several threads.
 */
public final class SortedPages {
  private final SpillSpace space;
  private final PageFile file;
  private final long[] addresses;
  private final int[] firstHashes;
  private final long keys;

  private SortedPages(
      SpillSpace space, PageFile file, long[] addresses, int[] firstHashes, long keys) {
    this.space = space;
    this.file = file;
    this.addresses = addresses;
    this.firstHashes = firstHashes;
    this.keys = keys;
  }

  /** How many different keys there are. */
  public long keyCount() {
    return keys;
  }

  /** Stands before the first record. */
  public Cursor all() {
    return new Cursor(0, -1);
  }

  /**
   * Stands before the first record with {@code key}, or, if there is none, before another one.
   *
   * @throws SpillException if anything cannot be read
   */
  public Cursor find(byte[] key) {
    int hash = KeyGroups.hash(key, 0, key.length);
    int page = Math.max(0, firstPageBehind(hash) - 1);
    for (; page < addresses.length; page++) {
      RecordBatch records = read(page);
      int index = firstNotBefore(records, hash, key);
      if (index < records.size()) {
        return new Cursor(page, index - 1);
      }
    }
    return new Cursor(page, -1);
  }

  /** The first page that begins with this hash or a higher one. */
  private int firstPageBehind(int hash) {
    int low = 0;
    int high = firstHashes.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (firstHashes[middle] < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int firstNotBefore(RecordBatch page, int hash, byte[] key) {
    int low = 0;
    int high = page.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (new KeyedRecord(page, middle).compareKey(hash, key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private RecordBatch read(int page) {
    return space.read(file, addresses[page]);
  }

  /** Tells that it will not be asked for any more, but by who has it in hand. */
  public void release() {
    space.release(file);
  }

  /**
   * A place among the records.
   *
   * <p>Owned by whoever made it.
   */
  public final class Cursor {
    private int pageNumber;
    private @Nullable RecordBatch page;
    private int index;

    private Cursor(int pageNumber, int index) {
      this.pageNumber = pageNumber;
      this.index = index;
    }

    /**
     * Goes to the next record; returns false if there is none.
     *
     * @throws SpillException if it cannot be read
     */
    public boolean next() {
      if (pageNumber >= addresses.length) {
        return false;
      }
      if (page == null) {
        page = read(pageNumber);
      }
      if (++index < page.size()) {
        return true;
      }
      pageNumber++;
      page = null;
      index = -1;
      return next();
    }

    /** The page that holds the record at hand. */
    public RecordBatch page() {
      if (page == null) {
        throw new IllegalStateException("no record at hand");
      }
      return page;
    }

    /** Which of the page's records is at hand. */
    public int index() {
      return index;
    }

    /** Whether the record at hand has this key. */
    public boolean hasKey(byte[] key) {
      int offset = page().keyOffset(index);
      return Arrays.equals(
          page().payload(), offset, offset + page().keyLength(index), key, 0, key.length);
    }
  }

  /** Takes the pages in their order. */
  static final class Writer {
    private final SpillSpace space;
    private final PageFile file;
    private long[] addresses = new long[16];
    private int[] firstHashes = new int[16];
    private int count;
    private long keys;
    private @Nullable KeyedRecord last;

    Writer(SpillSpace space) {
      this.space = space;
      this.file = space.sharedFile();
    }

    void add(RecordBatch page) {
      if (count == addresses.length) {
        addresses = Arrays.copyOf(addresses, 2 * count);
        firstHashes = Arrays.copyOf(firstHashes, 2 * count);
      }
      addresses[count] = file.append(page);
      firstHashes[count] = page.keyHash(0);
      count++;
      for (int i = 0; i < page.size(); i++) {
        KeyedRecord record = new KeyedRecord(page, i);
        if (last == null || last.compareKey(record) != 0) {
          keys++;
        }
        last = record;
      }
    }

    SortedPages finish() {
      return new SortedPages(
          space, file, Arrays.copyOf(addresses, count), Arrays.copyOf(firstHashes, count), keys);
    }
  }
}
