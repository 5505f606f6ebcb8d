package dev.tidemark.runner.state.rocks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file with the last epoch whose commit has returned. It is written after the sync and is not
 * synced itself, so it may lag behind the store but never be ahead of it: a store that has less
 * lost its end. (RocksDB cannot tell a log whose end was lost from one that was cut by a crash;
 * both end at the last record that is whole.)
 *
 * <p>Owned by one thread at a time.
 */
final class CommittedMark implements AutoCloseable {
  private static final String NAME = "COMMITTED";
  private static final int BYTES = 2 * Long.BYTES;

  // No channel: an interrupt of the thread would close it.
  private final RandomAccessFile file;
  private final long found;

  private CommittedMark(RandomAccessFile file, long found) {
    this.file = file;
    this.found = found;
  }

  /** Opens the file in a folder, or makes it. */
  static CommittedMark open(Path folder) throws IOException {
    RandomAccessFile file = new RandomAccessFile(folder.resolve(NAME).toFile(), "rw");
    try {
      return new CommittedMark(file, read(file));
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** The epoch that was in the file when it was opened; 0 if there was none. */
  long found() {
    return found;
  }

  void write(long epoch) throws IOException {
    file.seek(0);
    file.write(ByteBuffer.allocate(BYTES).putLong(epoch).putLong(~epoch).array());
  }

  void sync() throws IOException {
    file.getFD().sync();
  }

  private static long read(RandomAccessFile file) throws IOException {
    if (file.length() != BYTES) {
      return 0;
    }
    long epoch = file.readLong();
    // Otherwise a power loss left half of it.
    return file.readLong() == ~epoch ? epoch : 0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
