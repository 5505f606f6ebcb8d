package dev.tidemark.runner.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.recovery.GoldenJob;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power is lost while a job runs that has something of everything: it goes on from what is left
 * on the disk to its end, and nothing is lost, and nothing there twice.
 *
 * <p>{@code -Ddisk.seed=N} lets disks lose the same again, {@code -Ddisk.jobs=N} so many jobs.
 */
@Timeout(300)
class JobAfterPowerLossTest {
  private static final int JOBS = 6;

  @Test
  void theJobGoesOn(@TempDir Path folder) throws Exception {
    List<DiskOperation> operations = Recording.of(GoldenJob.class, folder);
    long seed = Long.getLong("disk.seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int job = 0; job < Integer.getInteger("disk.jobs", JOBS); job++) {
      int done = 1 + random.nextInt(operations.size());
      Loss loss =
          switch (random.nextInt(3)) {
            case 0 -> new Loss.Everything();
            case 1 -> new Loss.Reordered(random);
            default -> new Loss.Cut(random.nextInt(1_000));
          };
      try {
        goOn(operations.subList(0, done), loss, folder);
      } catch (AssertionError | Exception e) {
        throw new AssertionError(
            "-Ddisk.seed=" + seed + ", job " + job + ", after " + done + " operations, " + loss, e);
      }
    }
  }

  private static void goOn(List<DiskOperation> operations, Loss loss, Path folder)
      throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    long committed = 0;
    for (DiskOperation operation : operations) {
      disk.apply(operation);
      if (operation instanceof DiskOperation.Write write && write.path().endsWith("COMMITTED")) {
        committed = ByteBuffer.wrap(write.data()).getLong();
      }
    }
    try (DiskImage image = DiskImage.of(disk.after(loss), folder)) {
      goOn(image.path(), committed);
    }
  }

  /**
   * Lets the job of an image go on.
   *
   * @param committed the last epoch that has told so
   */
  private static void goOn(Path path, long committed) throws Exception {
    try (StateDirectory directory = StateDirectory.open(path);
        RocksStateStore store = RocksStateStore.open(directory.store(), GoldenJob.MEMORY)) {
      assertThat(store.manifest().epoch()).isBetween(committed, committed + 1);
      GoldenJob.finish(store);
    }
  }
}
