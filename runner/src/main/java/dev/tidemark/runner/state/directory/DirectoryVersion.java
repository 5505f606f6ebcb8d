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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file that makes a folder a state directory, and says how the rest is to be read. Snapshots
 * have it, too.
 *
 * <p>The versions: in 1 all that groups keep is what Beam's {@code ReduceFnRunner} keeps; from 2 on
 * windows that fire at their end have cells of our own (see {@code stage.group}), which whoever
 * knows 1 only would not see; from 3 on there may be an index of timers, which whoever knows 2 only
 * would not keep. A new number is for that: what is written would be lost without a word, or
 * misread, where an earlier version goes on from it.
 */
final class DirectoryVersion {
  private static final String FILE = "VERSION";
  private static final String NEW_FILE = "VERSION.new";
  private static final String WORDS = "tidemark state ";
  private static final int OLDEST = 1;
  private static final int CURRENT = 3;

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
    String text = text(directory);
    if (text == null) {
      checkEmpty(directory);
    } else {
      checkKnown(directory, text);
    }
  }

  /**
   * Checks that a snapshot may be used; those of version 1 do not have the file.
   *
   * @throws StateException if not
   */
  static void checkSnapshot(Path snapshot) throws IOException {
    String text = text(snapshot);
    if (text != null) {
      checkKnown(snapshot, text);
    }
  }

  private static @Nullable String text(Path directory) throws IOException {
    try {
      return Files.readString(directory.resolve(FILE)).strip();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void checkKnown(Path directory, String text) {
    if (IntStream.rangeClosed(OLDEST, CURRENT).noneMatch(known -> text.equals(WORDS + known))) {
      throw new StateException(
          directory
              + " has the format \""
              + text
              + "\", and this version of Tidemark reads \""
              + WORDS
              + OLDEST
              + "\" to \""
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
    replace(directory);
  }

  /** Makes what an earlier version has written one of this version, for good. */
  static void lift(Path directory) throws IOException {
    if (!(WORDS + CURRENT).equals(text(directory))) {
      replace(directory);
    }
  }

  /** Gives a snapshot the version of the directory that it is taken of. */
  static void copy(Path directory, Path snapshot) throws IOException {
    Path written = snapshot.resolve(FILE);
    Files.copy(directory.resolve(FILE), written);
    DiskSync.sync(written);
    DiskSync.sync(snapshot);
  }

  /** Whether a file of a snapshot is the one with its version, and so none of the store's. */
  static boolean is(Path file) {
    return file.endsWith(FILE);
  }

  private static void replace(Path directory) throws IOException {
    Path written = directory.resolve(NEW_FILE);
    Files.writeString(written, WORDS + CURRENT + "\n");
    DiskSync.sync(written);
    try {
      Files.move(written, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(written, directory.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
    }
    DiskSync.sync(directory);
  }
}
