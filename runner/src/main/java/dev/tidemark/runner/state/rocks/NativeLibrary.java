package dev.tidemark.runner.state.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's library. RocksDB unpacks it into a file of 15 MB, which it removes when the process
 * ends in order: each process that is killed would leave one. So it is removed as soon as it is
 * loaded, where the system lets files be removed that are in use.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Loads it, if it is not loaded yet. Thread-safe.
   *
   * @throws IOException if there is no place to unpack it
   * @throws LinkageError if it cannot be loaded
   */
  static void load() throws IOException {
    if (System.getenv("ROCKSDB_SHAREDLIB_DIR") == null) {
      Path folder = Files.createTempDirectory("tidemark-rocksdb");
      try {
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      } finally {
        remove(folder);
      }
    }
    RocksDB.loadLibrary();
  }

  private static void remove(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(Environment.getJniLibraryFileName("rocksdb")));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // The system does not let it go while it is used: it is removed when the process ends.
      folder.toFile().deleteOnExit();
    }
  }
}
