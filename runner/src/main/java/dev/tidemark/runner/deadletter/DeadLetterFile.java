package dev.tidemark.runner.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that gets lines at its end, each of which is on the disk when the call returns. It is open
 * only meanwhile, so it may be moved away at any time. A new one is for its user alone.
 *
 * <p>Immutable; not for several writers at the same time.
 */
record DeadLetterFile(Path path) {

  /** Makes the file if it is not there; what is in it stays. */
  void make() throws IOException {
    open().close();
  }

  /** Writes a line; after one that a crash has cut off it begins on a new one. */
  void append(String line) throws IOException {
    try (FileChannel file = open()) {
      long end = file.size();
      boolean torn = end > 0 && last(file, end) != '\n';
      ByteBuffer bytes = UTF_8.encode((torn ? "\n" : "") + line + "\n");
      file.position(end);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
  }

  private static int last(FileChannel file, long end) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    file.read(last, end - 1);
    return last.get(0);
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        attributes());
  }

  private FileAttribute<?>[] attributes() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
            && !Files.exists(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
