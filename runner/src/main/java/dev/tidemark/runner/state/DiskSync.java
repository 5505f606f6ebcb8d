package dev.tidemark.runner.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes things on a disk last, also when the power is lost. Stateless. */
public final class DiskSync {
  private DiskSync() {}

  /** Makes the content of a file, or the names in a folder, last. */
  public static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes the name of a file or folder last; what is in it is another matter. */
  public static void syncName(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
  }
}
