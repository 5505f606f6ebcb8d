package dev.tidemark.portability.environment.launch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock among the threads of this process and other processes; the operating system gives it up
 * when its process ends, however it does.
 */
final class FolderLock implements AutoCloseable {
  private static final int AGAIN_MILLIS = 200;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for a lock on a file, which is made if it is not there and stays. */
  static FolderLock of(Path file) throws IOException, InterruptedException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      while (!held) {
        held = tryLock(channel);
        if (!held) {
          Thread.sleep(AGAIN_MILLIS);
        }
      }
      return new FolderLock(channel);
    } finally {
      if (!held) {
        channel.close();
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process holds it.
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
