package dev.tidemark.runner.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Real files with the content of a simulated disk, until it is closed.
 *
 * <p>Immutable.
 *
 * @param path of the folder
 */
record DiskImage(Path path) implements AutoCloseable {

  /**
   * Writes files.
   *
   * @param left the contents of files by their paths; null for folders
   * @param folder where they are, if there is no disk in memory: what is asked for is not how fast
   *     it syncs
   */
  static DiskImage of(Map<String, byte @Nullable []> left, Path folder) throws IOException {
    Path memory = Path.of("/dev/shm");
    Path path = Files.createTempDirectory(Files.isWritable(memory) ? memory : folder, "image");
    for (Map.Entry<String, byte @Nullable []> entry : left.entrySet()) {
      byte[] content = entry.getValue();
      if (content == null) {
        Files.createDirectories(path.resolve(entry.getKey()));
      } else {
        Files.write(path.resolve(entry.getKey()), content);
      }
    }
    return new DiskImage(path);
  }

  @Override
  public void close() throws IOException {
    Folders.delete(path);
  }
}
