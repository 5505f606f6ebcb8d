package dev.tidemark.runner.exchange;

/**
 * Bytes on disk, until they are released.
 *
 * <p>Thread-safe.
 */
public final class StoredBytes {
  private final SpillSpace space;
  private final PageFile file;
  private final long address;

  private StoredBytes(SpillSpace space, PageFile file, long address) {
    this.space = space;
    this.file = file;
    this.address = address;
  }

  /**
   * Writes them, to a file that they may share with others.
   *
   * @throws SpillException if they cannot be written
   */
  public static StoredBytes write(SpillSpace space, byte[] bytes) {
    PageFile file = space.sharedFile();
    boolean written = false;
    try {
      long address = file.append(RecordBatch.ofOne(bytes));
      written = true;
      return new StoredBytes(space, file, address);
    } finally {
      if (!written) {
        space.release(file);
      }
    }
  }

  /**
   * Reads them.
   *
   * @throws SpillException if they cannot be read
   */
  public byte[] read() {
    return file.read(address).payload();
  }

  /** Tells, once, that they will not be read any more. */
  public void release() {
    space.release(file);
  }
}
