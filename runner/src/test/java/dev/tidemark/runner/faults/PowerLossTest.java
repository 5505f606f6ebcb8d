package dev.tidemark.runner.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateException;
import dev.tidemark.runner.state.directory.Snapshots;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power is lost at every write, sync, and change of a name, RocksDB's own among them, and the
 * disk loses, tears and reorders what was not synced: what was committed is there, an epoch as a
 * whole or not at all, snapshots too, and the store goes on from it.
 *
 * <p>{@code -Ddisk.seed=N} lets disks lose the same again, {@code -Ddisk.every=1} looks at each
 * operation, and not at one of some, chosen by the seed (of commits one of so many, else more).
 */
@Timeout(600)
class PowerLossTest {
  private static final int[] CUTS = {0, 10, 100, 300, 500, 700, 900, 990, 1000};

  private final Path folder;
  private final List<List<StateEntry>> contents = RecordedStore.contents();
  private final Set<String> seen = new HashSet<>();
  private List<DiskOperation> operations = List.of();
  private int checked;
  private int refused;

  PowerLossTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void record() throws Exception {
    operations = Recording.of(RecordedStore.class, folder);
  }

  @Test
  void theJournalHasAllThatWasDone() throws IOException {
    SimulatedDisk disk = new SimulatedDisk();
    operations.forEach(disk::apply);
    Map<String, byte @Nullable []> simulated = disk.after(new Loss.Nothing());
    simulated.forEach(
        (path, content) -> {
          Path real = folder.resolve(Recording.FOLDER).resolve(path);
          if (content == null) {
            assertThat(real).isDirectory();
          } else if (!last(path).startsWith("LOG")) {
            assertThat(real).as(path).hasBinaryContent(content);
          }
        });
    try (var files = Files.walk(folder.resolve(Recording.FOLDER))) {
      // The folder itself is not one of its names.
      assertThat(files).hasSize(simulated.size() + 1);
    }
  }

  @Test
  void whatWasCommittedIsThere() throws IOException {
    long seed = Long.getLong("disk.seed", new Random().nextLong());
    int every = Integer.getInteger("disk.every", 50);
    Random random = new Random(seed);
    SimulatedDisk disk = new SimulatedDisk();
    SaidSoFar said = new SaidSoFar();
    for (int done = 0; done < operations.size(); done++) {
      DiskOperation operation = operations.get(done);
      disk.apply(operation);
      if (operation instanceof DiskOperation.Write write
          && write.path().equals(RecordedStore.SAID)) {
        said.hear(new String(write.data(), UTF_8));
      }
      if (random.nextInt(isUsual(operation) ? every : Math.max(1, every / 4)) == 0) {
        for (Loss loss : losses(operation, random, every)) {
          try {
            check(disk.after(loss), disk.after(new Loss.Nothing()), said);
          } catch (AssertionError | StateException e) {
            throw new AssertionError(
                "-Ddisk.seed="
                    + seed
                    + " -Ddisk.every="
                    + every
                    + ", after operation "
                    + done
                    + " of "
                    + operations.size()
                    + ", "
                    + operation.text()
                    + ", "
                    + loss,
                e);
          }
        }
      }
    }
    System.out.printf(
        "Power lost at one of %d of %d operations, seed %d: %d different disks, %d refused%n",
        every, operations.size(), seed, checked, refused);
    assertThat(refused).as("what is refused").isLessThan(checked / 10);
    assertThat(checked).isGreaterThan(operations.size() / every);
  }

  /** Each file of the store in turn is gone, or has less in it than was synced. */
  @Test
  void aDiskThatLiesIsNoticed() throws IOException {
    SimulatedDisk disk = new SimulatedDisk();
    operations.forEach(disk::apply);
    Map<String, byte @Nullable []> all = disk.after(new Loss.Nothing());
    String store = RecordedStore.FIRST + "/store/";
    long committed = RecordedStore.EPOCHS;
    int noticed = 0;
    for (Map.Entry<String, byte @Nullable []> file : all.entrySet()) {
      byte[] content = file.getValue();
      if (content == null
          || !file.getKey().startsWith(store)
          || !last(file.getKey()).matches("CURRENT|MANIFEST.*|.*sst|.*log")) {
        continue;
      }
      for (int thousandths = -1; thousandths < 1_000; thousandths += 100) {
        Map<String, byte @Nullable []> less = new TreeMap<>(all);
        if (thousandths < 0) {
          less.remove(file.getKey());
        } else {
          less.put(file.getKey(), Arrays.copyOf(content, content.length * thousandths / 1_000));
        }
        less.keySet().removeIf(path -> !path.startsWith(RecordedStore.FIRST));
        try (DiskImage image = DiskImage.of(less, folder)) {
          checkStore(image.path().resolve(RecordedStore.FIRST), committed, committed);
        } catch (StateException e) {
          noticed++;
        } catch (AssertionError e) {
          throw new AssertionError(file.getKey() + " cut to thousandths: " + thousandths, e);
        }
      }
    }
    assertThat(noticed).isGreaterThan(20);
  }

  /** Whether it is of those that most operations are: the writes and syncs of commits. */
  private static boolean isUsual(DiskOperation operation) {
    String path =
        operation instanceof DiskOperation.Write write
            ? write.path()
            : operation instanceof DiskOperation.Sync sync ? sync.path() : "";
    return path.endsWith(".log") || path.endsWith("COMMITTED") || path.equals(RecordedStore.SAID);
  }

  private static List<Loss> losses(DiskOperation last, Random random, int every) {
    List<Loss> losses = new ArrayList<>();
    losses.add(new Loss.Nothing());
    losses.add(new Loss.Everything());
    for (int i = 0; i < 2; i++) {
      losses.add(new Loss.Torn(random));
      losses.add(new Loss.Reordered(random));
    }
    if (last instanceof DiskOperation.Write) {
      Arrays.stream(CUTS)
          .filter(cut -> every == 1 || random.nextInt(3) == 0)
          .forEach(cut -> losses.add(new Loss.Cut(cut)));
    }
    return losses;
  }

  /**
   * Checks a disk.
   *
   * @param left what is on it
   * @param all what would be on it if nothing were lost
   */
  private void check(
      Map<String, byte @Nullable []> left, Map<String, byte @Nullable []> all, SaidSoFar said)
      throws IOException {
    try {
      check(left, said);
    } catch (StateException e) {
      // The one thing that is not mended: RocksDB's own log of its files must end where it was cut.
      assertThat(e).hasMessageContaining("is damaged").hasMessageContaining("MANIFEST");
      if (left.keySet().stream().noneMatch(path -> isOverwritten(path, left, all))) {
        throw e;
      }
      refused++;
    }
  }

  /** Whether a log of files has something else in it than it had, not just less. */
  private static boolean isOverwritten(
      String path, Map<String, byte @Nullable []> left, Map<String, byte @Nullable []> all) {
    byte[] content = left.get(path);
    byte[] whole = all.get(path);
    if (!last(path).startsWith("MANIFEST") || content == null) {
      return false;
    }
    int differs = whole == null ? 0 : Arrays.mismatch(content, whole);
    return differs >= 0 && differs < content.length;
  }

  private void check(Map<String, byte @Nullable []> left, SaidSoFar said) throws IOException {
    checkDirectory(left, RecordedStore.FIRST, said, said.snapshots());
    checkDirectory(left, RecordedStore.SECOND, said, Map.of());
  }

  private void checkDirectory(
      Map<String, byte @Nullable []> all, String name, SaidSoFar said, Map<String, Long> snapshots)
      throws IOException {
    Map<String, byte @Nullable []> left = new TreeMap<>();
    StringBuilder known = new StringBuilder(name + said.committed(name) + snapshots);
    all.forEach(
        (path, content) -> {
          if (path.startsWith(name + "/") || path.equals(name)) {
            left.put(path, content);
            known.append(path).append(Arrays.hashCode(content));
          }
        });
    if (!seen.add(known.toString())) {
      return;
    }
    checked++;
    try (DiskImage image = DiskImage.of(left, folder)) {
      checkStore(image.path().resolve(name), said.committed(name), said.begun(name));
      checkSnapshots(image.path(), name, snapshots);
    }
  }

  private void checkStore(Path path, long committed, long begun) {
    long epoch;
    try (StateDirectory directory = StateDirectory.open(path)) {
      try (RocksStateStore store = RocksStateStore.open(directory.store(), RecordedStore.MEMORY)) {
        epoch = store.manifest().epoch();
        assertThat(epoch).as("epoch").isBetween(committed, begun);
        assertContents(store);
        store.commit(RecordedStore.epoch(epoch + 1));
      }
      try (RocksStateStore store = RocksStateStore.open(directory.store(), RecordedStore.MEMORY)) {
        assertThat(store.manifest().epoch()).isEqualTo(epoch + 1);
        assertContents(store);
      }
    }
  }

  private void checkSnapshots(Path image, String name, Map<String, Long> expected) {
    Snapshots snapshots = StateDirectory.snapshots(image.resolve(name));
    List<String> names = snapshots.list().stream().map(Snapshots.Snapshot::name).toList();
    assertThat(names).as("snapshots").containsAll(expected.keySet());
    for (String snapshot : names) {
      try (StateDirectory directory = StateDirectory.open(image.resolve("from-" + snapshot))) {
        Snapshots.restore(snapshots.folder().resolve(snapshot), directory);
        try (RocksStateStore store =
            RocksStateStore.open(directory.store(), RecordedStore.MEMORY)) {
          long epoch = store.manifest().epoch();
          assertThat(epoch).as("epoch of %s", snapshot).isPositive();
          assertThat(epoch).isEqualTo(expected.getOrDefault(snapshot, epoch));
          assertContents(store);
        }
      }
    }
  }

  private void assertContents(RocksStateStore store) {
    assertThat(RecordedStore.all(store)).isEqualTo(contents.get((int) store.manifest().epoch()));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
