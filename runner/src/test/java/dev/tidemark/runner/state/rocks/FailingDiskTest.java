package dev.tidemark.runner.state.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tidemark.runner.faults.FaultLibrary;
import dev.tidemark.runner.state.StateEntry;
import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes and syncs that fail, by real means: the store says what is wrong, refuses everything after
 * it, and has all that was committed when the fault is gone.
 */
class FailingDiskTest {
  private static final long MEMORY = 1 << 20;
  private static final int ENTRIES = 100;
  private static final int COMMITS_BEFORE_FAULT = 20;

  private final Path folder;
  private final List<Path> mounted = new ArrayList<>();

  FailingDiskTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void unmount() throws Exception {
    for (Path mount : mounted) {
      run("umount", mount.toString());
    }
  }

  @Test
  void aFullDiskStopsTheStoreUntilThereIsRoom() throws Exception {
    Path disk = mountSmallDisk();
    Path ballast = disk.resolve("ballast");
    Path home = disk.resolve("store");
    long committed;
    try (RocksStateStore store = RocksStateStore.open(home, MEMORY)) {
      store.commit(Commits.putMany(1, "key", ENTRIES, value(1)));
      fill(ballast);
      committed = commitUntilItFails(store, "the disk is full");
      Files.delete(ballast);
      assertRefuses(store, committed);
    }
    assertWhole(home, committed);
  }

  @Test
  void aDiskThatTakesNoWritesStopsTheStore() throws Exception {
    Path disk = mountSmallDisk();
    Path home = disk.resolve("store");
    try (RocksStateStore store = RocksStateStore.open(home, MEMORY)) {
      store.commit(Commits.putMany(1, "key", ENTRIES, value(1)));
    }
    assumeThat(run("mount", "-o", "remount,ro", disk.toString())).isEqualTo(0);
    assertThatThrownBy(() -> RocksStateStore.open(home, MEMORY))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the state in " + home + " cannot be opened: ")
        .hasMessageContaining("Read-only file system");
    run("mount", "-o", "remount,rw", disk.toString());
    assertWhole(home, 1);
  }

  @Test
  void aLimitOfFilesStopsTheStore() throws Exception {
    assumeThat(run("prlimit", "--version")).as("a program that sets limits").isEqualTo(0);
    List<String> said = fail(Map.of("LIMIT_FILES", "60000"));
    assertThat(said.get(1)).contains("cannot be written").contains("File too large");
    assertStopped(said);
  }

  @Test
  void aFailedSyncIsNotTriedAgain() throws Exception {
    List<String> said = fail(faults().failSyncWhile(folder.resolve("fault")).variables());
    // The first commit that met the fault: each is synced.
    assertThat(said.get(0)).isEqualTo("" + COMMITS_BEFORE_FAULT);
    assertThat(said.get(1)).contains("cannot be written").contains("Input/output error");
    assertStopped(said);
  }

  @Test
  void aFailedWriteIsNotTriedAgain() throws Exception {
    Path home = Files.createDirectory(folder.resolve("store"));
    List<String> said =
        fail(faults().folder(home).failWriteWhile(folder.resolve("fault")).variables());
    assertThat(said.get(0)).isEqualTo("" + COMMITS_BEFORE_FAULT);
    assertThat(said.get(1)).contains("cannot be written").contains("Input/output error");
    assertStopped(said);
  }

  /** What {@link Failing} says: the last epoch, the failure, and what each later call has met. */
  private void assertStopped(List<String> said) {
    assertThat(said).hasSize(4);
    assertThat(said.get(2)).contains("not used any more, as this happened before: the state in");
    assertThat(said.get(3)).isEqualTo(said.get(2));
    assertWhole(folder.resolve("store"), Long.parseLong(said.get(0)));
  }

  private List<String> fail(Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:-UsePerfData"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Failing.class.getName(), folder.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (var out = process.inputReader(UTF_8)) {
      List<String> said = out.lines().toList();
      assertThat(process.waitFor()).isEqualTo(0);
      return said;
    }
  }

  /** Commits until a commit fails. The fault begins after some commits, and ends with the first. */
  static final class Failing {
    private Failing() {}

    public static void main(String[] arguments) throws Exception {
      Path home = Path.of(arguments[0], "store");
      Path fault = Path.of(arguments[0], "fault");
      RocksStateStore store = RocksStateStore.open(home, MEMORY);
      long committed = 0;
      try {
        while (true) {
          if (committed == COMMITS_BEFORE_FAULT) {
            Files.createFile(fault);
            limitFiles(System.getenv("LIMIT_FILES"));
          }
          store.commit(Commits.putMany(committed + 1, "key", ENTRIES, value(committed + 1)));
          committed++;
        }
      } catch (StateException e) {
        System.out.println(committed);
        System.out.println(e.getMessage());
      }
      Files.deleteIfExists(fault);
      limitFiles("unlimited");
      try {
        store.commit(Commits.put(committed + 2, "key0", "must not be"));
      } catch (StateException e) {
        System.out.println(e.getMessage());
      }
      try {
        store.get(Commits.bytes("key0"));
      } catch (StateException e) {
        System.out.println(e.getMessage());
      }
      store.close();
    }
  }

  /** No file of the process may be larger from now on. */
  private static void limitFiles(@Nullable String bytes) throws InterruptedException {
    if (bytes != null) {
      run("prlimit", "--pid", "" + ProcessHandle.current().pid(), "--fsize=" + bytes + ":");
    }
  }

  /** Lets a file grow until the disk is full. */
  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  out.write(new byte[4096]);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  /** Returns the last epoch that was committed. */
  private static long commitUntilItFails(RocksStateStore store, String why) {
    for (long epoch = 2; ; epoch++) {
      try {
        store.commit(Commits.putMany(epoch, "key", ENTRIES, value(epoch)));
      } catch (StateException e) {
        assertThat(e).hasMessageContaining(why).hasMessageContaining("What was committed is kept");
        return epoch - 1;
      }
    }
  }

  private static void assertRefuses(RocksStateStore store, long committed) {
    assertThatThrownBy(() -> store.commit(Commits.put(committed + 2, "key0", "must not be")))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("not used any more, as this happened before");
    assertThatThrownBy(() -> store.get(Commits.bytes("key0"))).isInstanceOf(StateException.class);
  }

  /**
   * The store has what was committed, perhaps what failed as well, and nothing of what followed.
   */
  private static void assertWhole(Path home, long committed) {
    try (RocksStateStore store = RocksStateStore.open(home, MEMORY)) {
      long epoch = store.manifest().epoch();
      assertThat(epoch).isBetween(committed, committed + 1);
      List<StateEntry> entries = Commits.all(store);
      assertThat(entries).hasSize(ENTRIES);
      assertThat(entries).allMatch(entry -> entry.value().equals(Commits.bytes(value(epoch))));
      store.commit(Commits.put(epoch + 1, "key0", "goes on"));
    }
  }

  /** Every commit is some 16 kB; two are not alike. */
  private static String value(long epoch) {
    return ("epoch " + epoch + " ").repeat(16);
  }

  private Path mountSmallDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString()))
        .as("mounting a small disk, which root may")
        .isEqualTo(0);
    mounted.add(disk);
    return disk;
  }

  /** A library that lets writes and syncs fail as long as a file is there. */
  private FaultLibrary.Environment faults() throws IOException {
    Optional<FaultLibrary> library = FaultLibrary.compile(folder);
    assumeThat(library).as("Linux, and cc to compile faults.c").isPresent();
    return library.orElseThrow().environment();
  }

  /** Returns the exit status; -1 if there is no such program. */
  private static int run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
