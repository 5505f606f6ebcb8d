package dev.tidemark.runner.state.rocks;

import dev.tidemark.runner.state.StateException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;

/**
 * Opens databases so that nothing that was committed is lost by it. RocksDB can go on from the last
 * record of a log that it can read, and then removes the log with all that follows. That is right
 * for half a commit that a power loss has left, and wrong for one that cannot be read just now.
 */
final class CarefulOpening {
  private CarefulOpening() {}

  /**
   * Opens the database in {@code folder}; makes it if nothing was ever committed there.
   *
   * @param committed the last epoch that is known to be committed
   * @throws StateException if less can be read; nothing has changed then
   */
  static Database open(Path folder, long memoryBytes, long committed, Failures failures)
      throws RocksDBException {
    try {
      // RocksDB would make a new one over the files of one that lacks its first.
      return Database.open(
          folder, memoryBytes, WALRecoveryMode.TolerateCorruptedTailRecords, committed == 0);
    } catch (RocksDBException e) {
      if (e.getStatus() == null || e.getStatus().getCode() != Status.Code.Corruption) {
        throw e;
      }
      WALRecoveryMode whatCanBeRead = WALRecoveryMode.PointInTimeRecovery;
      try (Database database = Database.openToRead(folder, memoryBytes, whatCanBeRead)) {
        long found = ManifestRows.read(database).epoch();
        if (found < committed) {
          throw failures.lost(committed, found);
        }
      }
      return Database.open(folder, memoryBytes, whatCanBeRead, false);
    }
  }
}
