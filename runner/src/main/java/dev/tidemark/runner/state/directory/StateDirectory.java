package dev.tidemark.runner.state.directory;

import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory in which a job keeps its state, held against other processes until it is closed.
 *
 * <p>Thread-safe.
 */
public final class StateDirectory implements AutoCloseable {
  private static final String STORE = "store";
  private static final String SNAPSHOTS = "snapshots";
  private static final String REQUESTS = "requests";
  private static final String DEAD_LETTERS = "dead-letters.json";

  private final Path path;
  private final DirectoryLock lock;

  private StateDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Opens a directory; makes it if it is not there, so that only its user may look into it.
   *
   * @throws StateException if another job uses it, if it holds other things, if its format is not
   *     known, or if it cannot be read or written
   */
  public static StateDirectory open(Path path) {
    Path directory = path.toAbsolutePath().normalize();
    try {
      PrivateFolders.createAll(directory);
      // Nothing is written into a folder of others.
      DirectoryVersion.check(directory);
      DirectoryLock lock = DirectoryLock.take(directory);
      try {
        DirectoryVersion.check(directory);
        DirectoryVersion.write(directory);
        snapshotRequests(directory).tidy();
        return new StateDirectory(directory, lock);
      } catch (IOException | StateException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StateException(
          "the state directory "
              + directory
              + " cannot be used: "
              + e
              + ". It has to be a folder that can be written, or whose parent can.",
          e);
    }
  }

  /** Whether there is a state directory, in use or not. */
  public static boolean isThere(Path path) {
    return DirectoryVersion.isThere(path);
  }

  /** Whether a job, of this process or another, uses a directory. */
  public static boolean isInUse(Path path) {
    return DirectoryLock.isTaken(path);
  }

  /**
   * Says that what is written from now on is what this version writes: earlier ones then refuse the
   * directory. To be called before a job that goes on commits something.
   *
   * @throws StateException if that cannot be written
   */
  public void lift() {
    try {
      DirectoryVersion.lift(path);
    } catch (IOException e) {
      throw new StateException("the state directory " + path + " cannot be written: " + e, e);
    }
  }

  /** The directory itself, absolute. */
  public Path path() {
    return path;
  }

  /** Where the store is, or will be. */
  public Path store() {
    return path.resolve(STORE);
  }

  /** Whether a store was ever opened here. */
  public boolean hasStore() {
    return Files.isDirectory(store());
  }

  /** Where the job may write elements that it leaves out. */
  public Path deadLetters() {
    return path.resolve(DEAD_LETTERS);
  }

  /** The snapshots of its store. */
  public Snapshots snapshots() {
    return snapshots(path);
  }

  /** The snapshots in a directory, which may be in use: they do not change. */
  public static Snapshots snapshots(Path path) {
    return new Snapshots(path.resolve(SNAPSHOTS));
  }

  /** How to ask the job that uses a directory for a snapshot. */
  public static SnapshotRequests snapshotRequests(Path path) {
    return new SnapshotRequests(path.resolve(REQUESTS));
  }

  /** Lets other processes have the directory. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StateException("the state directory " + path + " cannot be closed: " + e, e);
    }
  }
}
