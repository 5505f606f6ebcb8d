package dev.tidemark.runner.state.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.StateEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that is killed had committed is there, each commit as a whole. */
class KilledProcessTest {
  private static final int KILLS = 5;
  private static final int ENTRIES = 200;
  private static final long MEMORY = 1 << 20;

  private final Path folder;

  KilledProcessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whatWasCommittedIsThere() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      long acknowledged = commitUntilKilled(random.nextInt(60));
      try (RocksStateStore store = RocksStateStore.open(folder, MEMORY)) {
        long epoch = store.manifest().epoch();
        assertThat(epoch).as("seed %d", seed).isGreaterThanOrEqualTo(acknowledged);
        List<StateEntry> entries = Commits.all(store);
        assertThat(entries).as("seed %d", seed).hasSize(ENTRIES);
        Bytes value = Commits.bytes(Committing.value(epoch));
        assertThat(entries).as("seed %d", seed).allMatch(entry -> entry.value().equals(value));
      }
    }
  }

  /** Returns the last epoch of which the process has said that it was committed. */
  private long commitUntilKilled(int commits) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Committing.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      String last = "0";
      for (int i = 0; i <= commits; i++) {
        String line = out.readLine();
        assertThat(line).as("what the process says").isNotNull();
        last = line;
      }
      // Not of the process itself: that would close what it has said.
      process.toHandle().destroyForcibly();
      // What it had said before it was killed counts, too.
      String rest = out.lines().collect(Collectors.joining("\n"));
      process.waitFor();
      return Long.parseLong(rest.isEmpty() ? last : rest.substring(rest.lastIndexOf('\n') + 1));
    }
  }

  /** Commits one epoch after the other, each of which replaces all entries of the last. */
  static final class Committing {
    private Committing() {}

    public static void main(String[] arguments) {
      RocksStateStore store = RocksStateStore.open(Path.of(arguments[0]), MEMORY);
      for (long epoch = store.manifest().epoch() + 1; ; epoch++) {
        store.commit(Commits.putMany(epoch, "key", ENTRIES, value(epoch)));
        System.out.println(epoch);
      }
    }

    /** Long enough that there are flushes and compactions. */
    static String value(long epoch) {
      return ("epoch " + epoch + " ").repeat(20);
    }
  }
}
