package dev.tidemark.runner.state.directory;

import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a directory, which one process at a time has. The operating system takes it back
 * when the process ends, however it does.
 *
 * <p>Thread-safe.
 */
final class DirectoryLock implements AutoCloseable {
  static final String LOCK = "LOCK";
  static final String OWNER = "OWNER";

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes the lock of a directory.
   *
   * @throws StateException if another has it
   */
  static DirectoryLock take(Path directory) throws IOException {
    // A process that opens the lock file a second time, and closes it, loses its lock, as POSIX has
    // it: so whether it is its own is asked before.
    Owner owner = owner(directory);
    if (owner != null && owner.isThisProcess()) {
      throw inUse(directory, owner);
    }
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(directory, owner(directory));
      }
      Files.writeString(directory.resolve(OWNER), Owner.current().toText());
      return new DirectoryLock(directory, channel);
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(directory, Owner.current());
    } catch (IOException | StateException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether somebody has the lock of a directory. */
  static boolean isTaken(Path directory) {
    try (DirectoryLock taken = take(directory)) {
      return false;
    } catch (IOException | StateException e) {
      // What cannot be locked is not to be removed, either.
      return true;
    }
  }

  private static @Nullable Owner owner(Path directory) {
    try {
      return Owner.parse(Files.readString(directory.resolve(OWNER)));
    } catch (IOException e) {
      // Nobody has it, or it cannot be known.
      return null;
    }
  }

  private static StateException inUse(Path directory, @Nullable Owner owner) {
    return new StateException(
        directory
            + " is in use by "
            + (owner == null
                ? "another process"
                : owner.isThisProcess() ? "another job of this process" : "process " + owner.pid())
            + ": two jobs cannot share their state. End that job first, or name another directory "
            + "by --stateDir.",
        null);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(directory.resolve(OWNER));
    channel.close();
  }
}
