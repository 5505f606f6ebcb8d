package dev.tidemark.runner.exchange;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records on disk that are dealt into partitions by the hashes of their keys, so that each
 * partition can be worked on in memory where all of them could not. Within a partition records stay
 * in their order.
 *
 * <p>Owned by the lane.
 */
public final class Partitions {
  /** How many partitions there are. */
  public static final int COUNT = 32;

  private static final int LEAST_PAGE_BYTES = 4 << 10;

  private final SpillSpace space;
  private final int level;
  private final int pageBytes;
  private final PageFile file;
  private final List<List<Long>> addresses = new ArrayList<>();
  private final @Nullable PageBuilder[] builders = new @Nullable PageBuilder[COUNT];
  private int begun;

  /**
   * Makes empty ones.
   *
   * @param level how often the records were dealt out before: each time other partitions of them
   *     come together
   * @throws SpillException if there is no file for them
   */
  public Partitions(SpillSpace space, int level) {
    this.space = space;
    this.level = level;
    this.pageBytes =
        (int)
            Math.max(
                LEAST_PAGE_BYTES, Math.min(PageBuilder.TARGET_BYTES, space.workBytes() / COUNT));
    this.file = space.newFile();
    for (int partition = 0; partition < COUNT; partition++) {
      addresses.add(new ArrayList<>());
    }
  }

  /** About how much memory they take, in bytes. */
  public long memoryBytes() {
    return 2L * begun * pageBytes;
  }

  private int partitionOf(int keyHash) {
    // The upper bits of a product depend on all bits of the hash; the lanes have taken some.
    int mixed = (keyHash ^ (level + 1) * 0x9E3779B9) * 0x85ebca6b;
    mixed = (mixed ^ mixed >>> 15) * (0xc2b2ae35 + 2 * level);
    return (mixed ^ mixed >>> 13) * 0x27d4eb2f >>> (Integer.SIZE - 5);
  }

  /**
   * Where a record goes that has a key with this hash: key, value, and {@link
   * PageBuilder#endElement} with the same hash.
   */
  public PageBuilder to(int keyHash) {
    int partition = partitionOf(keyHash);
    PageBuilder builder = builders[partition];
    if (builder == null) {
      builder =
          new PageBuilder(
              page -> addresses.get(partition).add(file.append(page)),
              pageBytes,
              PageBuilder.TARGET_ELEMENTS,
              ByteOutput.MAX_BYTES);
      builders[partition] = builder;
      begun++;
    }
    return builder;
  }

  /** Adds a copy of a record, with its timestamp and frame. */
  public void add(RecordBatch page, int index) {
    page.copyTo(to(page.keyHash(index)), index);
  }

  /**
   * Ends the writing.
   *
   * @throws SpillException if it cannot be written
   */
  public void finish() {
    for (int partition = 0; partition < COUNT; partition++) {
      PageBuilder builder = builders[partition];
      if (builder != null) {
        builder.cut();
        builders[partition] = null;
      }
    }
    begun = 0;
  }

  /** How many pages a partition has; after {@link #finish}. */
  public int pageCount(int partition) {
    return addresses.get(partition).size();
  }

  /**
   * A page of a partition.
   *
   * @throws SpillException if it cannot be read
   */
  public RecordBatch page(int partition, int number) {
    return file.read(addresses.get(partition).get(number));
  }

  /** Removes them from disk. */
  public void release() {
    space.release(file);
    file.close();
  }
}
