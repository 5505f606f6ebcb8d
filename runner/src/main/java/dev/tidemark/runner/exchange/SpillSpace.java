package dev.tidemark.runner.exchange;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Memory up to a budget, and disk beyond it.
 *
 * <p>Thread-safe.
 */
public final class SpillSpace {
  private static final long ROLL_BYTES = 128L << 20;
  private static final long LEAST_WORK_BYTES = 256 << 10;
  private static final long MOST_WORK_BYTES = 16 << 20;

  private final ScratchSpace scratch;
  private final MemoryBudget budget;
  private final PageCache cache;
  private final long workBytes;
  private @Nullable PageFile shared;

  /**
   * Makes one that uses nothing yet.
   *
   * @param scratch where files go
   * @param budget how much may stay in memory
   * @param cacheBytes how much of what was read from disk is kept, beside the budget
   */
  public SpillSpace(ScratchSpace scratch, MemoryBudget budget, long cacheBytes) {
    this(
        scratch,
        budget,
        cacheBytes,
        Math.max(LEAST_WORK_BYTES, Math.min(MOST_WORK_BYTES, budget.limit() / 4)));
  }

  SpillSpace(ScratchSpace scratch, MemoryBudget budget, long cacheBytes, long workBytes) {
    this.scratch = scratch;
    this.budget = budget;
    this.cache = new PageCache(cacheBytes);
    this.workBytes = workBytes;
  }

  /** One in which all has to stay in memory, as much as it may be. */
  public static SpillSpace memoryOnly() {
    return new SpillSpace(
        () -> {
          throw new IOException("there is no folder for it");
        },
        new MemoryBudget(Long.MAX_VALUE),
        0);
  }

  /** What stays in memory. */
  public MemoryBudget budget() {
    return budget;
  }

  /** How many bytes one user may hold before it writes them, or to sort them. */
  public long workBytes() {
    return workBytes;
  }

  /** A file to append to that many small things share; the caller is one more user of it. */
  synchronized PageFile sharedFile() {
    PageFile file = roll(shared);
    shared = file;
    file.retain();
    return file;
  }

  /** A new file, with one user. */
  PageFile newFile() {
    return PageFile.create(scratch);
  }

  /**
   * A file for more pages: {@code current}, or, if that is null or large, a new one in its place,
   * so that the space of old ones comes free.
   */
  PageFile roll(@Nullable PageFile current) {
    if (current != null && current.size() < ROLL_BYTES) {
      return current;
    }
    if (current != null) {
      release(current);
    }
    return newFile();
  }

  /** Reads a page, or knows it. */
  RecordBatch read(PageFile file, long address) {
    return cache.get(file, address);
  }

  /** Ends one use of a file. */
  void release(PageFile file) {
    if (file.release()) {
      cache.forget(file);
    }
  }
}
