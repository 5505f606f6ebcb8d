package dev.tidemark.runner.state.directory;

import dev.tidemark.runner.state.DiskSync;
import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Stream;

/** The file that makes a folder a state directory, and says how the rest is to be read. */
final class DirectoryVersion {
  private static final String FILE = "VERSION";
  private static final String NEW_FILE = "VERSION.new";
  private static final String WORDS = "tidemark state ";
  private static final int CURRENT = 1;

  /** What may lie in a folder that is to become a state directory. */
  private static final Set<String> BEFORE =
      Set.of(NEW_FILE, DirectoryLock.LOCK, DirectoryLock.OWNER);

  private DirectoryVersion() {}

  /** Whether a folder is a state directory, of whichever version. */
  static boolean isThere(Path directory) {
    return Files.isRegularFile(directory.resolve(FILE));
  }

  /**
   * Checks that a folder may be used: it is a state directory, or can become one.
   *
   * @throws StateException if it is not, and cannot
   */
  static void check(Path directory) throws IOException {
    String text;
    try {
      text = Files.readString(directory.resolve(FILE)).strip();
    } catch (NoSuchFileException e) {
      checkEmpty(directory);
      return;
    }
    if (!text.equals(WORDS + CURRENT)) {
      throw new StateException(
          directory
              + " has the format \""
              + text
              + "\", and this version of Tidemark reads \""
              + WORDS
              + CURRENT
              + "\" only. Use the version that wrote it, or a newer one.",
          null);
    }
  }

  private static void checkEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      if (files.anyMatch(file -> !BEFORE.contains(file.getFileName().toString()))) {
        throw new StateException(
            directory
                + " is no state directory, and is not empty. Name one of a job, or a folder that "
                + "is empty or not there yet.",
            null);
      }
    }
  }

  /** Makes an empty folder a state directory, for good when the call returns. */
  static void write(Path directory) throws IOException {
    if (isThere(directory)) {
      return;
    }
    // Where the file is, this was done, whatever became of the process that has written it.
    DiskSync.syncName(directory);
    Path written = directory.resolve(NEW_FILE);
    Files.writeString(written, WORDS + CURRENT + "\n");
    DiskSync.sync(written);
    try {
      Files.move(written, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(written, directory.resolve(FILE));
    }
    DiskSync.sync(directory);
  }
}
