package dev.tidemark.runner.exchange;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A folder of its own for the scratch files of one job, made when the first file is, and removed
 * when the job closes it.
 *
 * <p>Beside the folder lies a lock file of the same name, locked as long as the folder is in use.
 * The operating system unlocks it when the process ends, however it does: folders whose lock can be
 * had were left behind by a crash, and the next job that looks removes them.
 *
 * <p>Thread-safe.
 */
public final class ScratchFolder implements ScratchSpace, Closeable {
  private static final String PREFIX = "tidemark-scratch-";
  private static final String LOCK = ".lock";
  private static final String FILE = "spill-";

  /** A folder in use, and what says so. */
  private record Owned(Path folder, Path lockFile, FileChannel lock) {}

  // A process that looks at a lock of its own would lose it, as POSIX has it: it knows its own
  // names.
  private static final String OWN_PREFIX =
      PREFIX
          + ProcessHandle.current().pid()
          + "-"
          + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L)
          + "-";

  private final Path parent;
  private @Nullable Owned owned;
  private long files;
  private boolean closed;

  /** Will make its folder in {@code parent}, which is made as well if it is not there. */
  public ScratchFolder(Path parent) {
    this.parent = parent;
  }

  @Override
  public synchronized Path createFile() throws IOException {
    if (closed) {
      throw new IOException("the job has ended");
    }
    Owned mine = owned;
    if (mine == null) {
      mine = create();
      owned = mine;
    }
    return Files.createFile(mine.folder().resolve(FILE + files++));
  }

  private Owned create() throws IOException {
    Files.createDirectories(parent);
    while (true) {
      String name = OWN_PREFIX + UUID.randomUUID();
      Path lockFile = parent.resolve(name + LOCK);
      FileChannel lock =
          FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      // Whoever removes what was left behind may come between the two: then the file is gone.
      if (lock.tryLock() != null && Files.exists(lockFile)) {
        return new Owned(createForOwner(parent.resolve(name)), lockFile, lock);
      }
      lock.close();
    }
  }

  private static Path createForOwner(Path folder) throws IOException {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
        : Files.createDirectory(folder);
  }

  /** Removes what processes that are gone have left in the parent folder, as far as it may. */
  public void removeLeftovers() {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
      for (Path lockFile : locks) {
        if (!lockFile.getFileName().toString().startsWith(OWN_PREFIX)) {
          removeIfLeft(lockFile);
        }
      }
    } catch (IOException e) {
      // The folder is not ours to read: nothing of ours is left there.
    }
  }

  private static void removeIfLeft(Path lockFile) {
    String name = lockFile.getFileName().toString();
    Path folder = lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        delete(folder);
        Files.deleteIfExists(lockFile);
      }
    } catch (IOException e) {
      // Another user's.
    }
  }

  /** Removes the folder with all files; no more can be made. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    Owned mine = owned;
    owned = null;
    if (mine != null) {
      delete(mine.folder());
      Files.deleteIfExists(mine.lockFile());
      mine.lock().close();
    }
  }

  private static void delete(Path folder) throws IOException {
    // No link that somebody may have put there is followed.
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FILE + "*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(folder);
  }
}
