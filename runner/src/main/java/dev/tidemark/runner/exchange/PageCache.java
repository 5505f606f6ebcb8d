package dev.tidemark.runner.exchange;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pages that were read from disk last, up to a number of bytes.
 *
 * <p>Thread-safe.
 */
final class PageCache {
  private record Address(PageFile file, long address) {}

  private final long capacity;
  private final LinkedHashMap<Address, RecordBatch> pages = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  PageCache(long capacityBytes) {
    this.capacity = capacityBytes;
  }

  /**
   * The page at an address of a file.
   *
   * @throws SpillException if it cannot be read
   */
  RecordBatch get(PageFile file, long at) {
    Address address = new Address(file, at);
    synchronized (this) {
      RecordBatch known = pages.get(address);
      if (known != null) {
        return known;
      }
    }
    // Not under the lock: better that two lanes read one page than that one waits for the other.
    RecordBatch page = file.read(at);
    synchronized (this) {
      if (pages.put(address, page) == null) {
        bytes += page.memoryBytes();
      }
      evict();
    }
    return page;
  }

  private void evict() {
    while (bytes > capacity && !pages.isEmpty()) {
      Map.Entry<Address, RecordBatch> oldest = pages.entrySet().iterator().next();
      bytes -= oldest.getValue().memoryBytes();
      pages.remove(oldest.getKey());
    }
  }

  /** Forgets the pages of a file that nobody uses any more. */
  synchronized void forget(PageFile file) {
    pages
        .entrySet()
        .removeIf(
            entry -> {
              boolean of = entry.getKey().file() == file;
              bytes -= of ? entry.getValue().memoryBytes() : 0;
              return of;
            });
  }
}
