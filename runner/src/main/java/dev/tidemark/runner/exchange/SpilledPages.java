package dev.tidemark.runner.exchange;

import java.util.Arrays;

/**
 * A list of records on disk, in pages: read from the beginning, or by index. In memory it takes
 * some bytes a page.
 *
 * <p>Immutable; may be read from several threads.
 */
public final class SpilledPages {
  private final SpillSpace space;
  private final PageFile file;
  private final long[] addresses;
  // For page i: the index of its first record, and behind the last page the number of all.
  private final long[] firsts;

  private SpilledPages(SpillSpace space, PageFile file, long[] addresses, long[] firsts) {
    this.space = space;
    this.file = file;
    this.addresses = addresses;
    this.firsts = firsts;
  }

  /** Where it was written to. */
  public SpillSpace space() {
    return space;
  }

  /** How many records there are. */
  public long size() {
    return firsts[addresses.length];
  }

  /** How many pages there are. */
  public int pageCount() {
    return addresses.length;
  }

  /**
   * A page.
   *
   * @throws SpillException if it cannot be read
   */
  public RecordBatch page(int page) {
    return space.read(file, addresses[page]);
  }

  /** The page that holds the record with this index. */
  public int pageOf(long index) {
    int found = Arrays.binarySearch(firsts, index);
    return found >= 0 ? found : -found - 2;
  }

  /** The index of the first record of a page. */
  public long firstOf(int page) {
    return firsts[page];
  }

  /** Tells that it will not be asked for any more, but by who has it in hand. */
  public void release() {
    space.release(file);
  }

  /**
   * Writes a list, to a file that it may share with others.
   *
   * <p>Owned by the lane.
   */
  public static final class Writer {
    private final SpillSpace space;
    private final PageFile file;
    private long[] addresses = new long[2];
    private long[] firsts = new long[3];
    private int count;

    /**
     * Begins a list.
     *
     * @throws SpillException if there is no file for it
     */
    public Writer(SpillSpace space) {
      this.space = space;
      this.file = space.sharedFile();
    }

    /**
     * Adds the records of a page.
     *
     * @throws SpillException if it cannot be written
     */
    public void add(RecordBatch page) {
      if (count == addresses.length) {
        addresses = Arrays.copyOf(addresses, 2 * count);
        firsts = Arrays.copyOf(firsts, 2 * count + 1);
      }
      addresses[count] = file.append(page);
      firsts[count + 1] = firsts[count] + page.size();
      count++;
    }

    /** The list of all that was added. */
    public SpilledPages finish() {
      return new SpilledPages(
          space, file, Arrays.copyOf(addresses, count), Arrays.copyOf(firsts, count + 1));
    }
  }
}
