package dev.tidemark.runner.state.directory;

import dev.tidemark.runner.state.DiskSync;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Folders that only their user may look into. */
final class PrivateFolders {
  private PrivateFolders() {}

  /** Makes a folder. */
  static void create(Path folder) throws IOException {
    Files.createDirectory(folder, attributes(folder));
  }

  /** Makes a folder, and those above it, as far as they are not there; they last. */
  static void createAll(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      return;
    }
    Path parent = absolute.getParent();
    if (parent != null) {
      createAll(parent);
    }
    try {
      create(absolute);
      DiskSync.syncName(absolute);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(absolute)) {
        throw e;
      }
    }
  }

  private static FileAttribute<?>[] attributes(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Removes a folder with all that is in it; links are removed, not followed. */
  static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * What the files of a folder amount to.
   *
   * <p>Immutable.
   *
   * @param bytes of all of them
   * @param changed when the last of them was written
   */
  record Usage(long bytes, Instant changed) {
    private Usage plus(BasicFileAttributes file) {
      Instant written = file.lastModifiedTime().toInstant();
      return new Usage(bytes + file.size(), written.isAfter(changed) ? written : changed);
    }
  }

  /** What the files of a folder amount to; those that vanish meanwhile do not count. */
  static Usage usage(Path folder) throws IOException {
    Usage[] usage = {new Usage(0, Instant.EPOCH)};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            usage[0] = usage[0].plus(attributes);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return usage[0];
  }
}
