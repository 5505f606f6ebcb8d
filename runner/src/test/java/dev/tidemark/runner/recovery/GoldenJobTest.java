package dev.tidemark.runner.recovery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.JobRow;
import dev.tidemark.runner.state.StateScan;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.Compatibility;
import dev.tidemark.runner.state.description.DescriptionFormat;
import dev.tidemark.runner.state.description.JobDescription;
import dev.tidemark.runner.state.description.NameMapping;
import dev.tidemark.runner.state.directory.StateDirectory;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs that earlier versions have begun go on, whatever the version of Beam: {@code
 * -Dbeam.version=2.73.0} lets that version go on from what 2.70.0 has left, and the other way
 * round.
 */
@Timeout(60)
class GoldenJobTest {
  /**
   * Names of nodes, cells of three kinds, holds, timers with their index, watermarks, metrics, the
   * job itself, its description.
   */
  private static final String TABLES = "bcdhjlmnstvwx";

  /**
   * The same in earlier formats: timers had no index, and in format 1 grouping no cells of maps.
   */
  private static final Map<Integer, String> EARLIER_TABLES =
      Map.of(1, "bcdhjntvw", 2, "bcdhjmntvw");

  @Test
  void itGoesOnFromWhatItWrites() throws Exception {
    try (HeapStateStore store = new HeapStateStore()) {
      GoldenJob.write(store);
      assertThat(tables(store)).isEqualTo(TABLES);
      GoldenJob.finish(store);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "golden-1-beam-2.70.0",
        "golden-1-beam-2.73.0",
        "golden-2-beam-2.70.0",
        "golden-2-beam-2.73.0",
        "golden-3-beam-2.70.0",
        "golden-3-beam-2.73.0"
      })
  void itGoesOnFromWhatOtherVersionsWrote(String golden, @TempDir Path folder) throws Exception {
    Path kept = Path.of(Objects.requireNonNull(getClass().getResource(golden)).toURI());
    copy(kept, folder.resolve("copy"));
    try (StateDirectory directory = StateDirectory.open(folder.resolve("copy"));
        RocksStateStore store = RocksStateStore.open(directory.store(), GoldenJob.MEMORY)) {
      int format = Integer.parseInt(golden.split("-")[1]);
      assertThat(tables(store)).isEqualTo(EARLIER_TABLES.getOrDefault(format, TABLES));
      JobDescription before = DescriptionFormat.read(Objects.requireNonNull(JobRow.read(store)));
      assertThat(before.beamVersion()).isEqualTo(golden.substring(golden.lastIndexOf('-') + 1));
      Compatibility compatibility =
          Compatibility.of(before, GoldenJob.description(), NameMapping.NONE);
      assertThat(compatibility.objections(false)).isEmpty();
      assertThat(compatibility.changes()).isEmpty();
      GoldenJob.finish(store);
    }
  }

  /** The first byte of each key says what it is. */
  private static String tables(StateStore store) {
    Set<String> tables = new TreeSet<>();
    try (StateScan scan = store.scan(Bytes.EMPTY)) {
      scan.forEachRemaining(entry -> tables.add(new String(entry.key().array(), 0, 1, US_ASCII)));
    }
    return String.join("", tables);
  }

  private static void copy(Path from, Path to) throws Exception {
    List<Path> files;
    try (Stream<Path> walked = Files.walk(from)) {
      files = walked.toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file).toString()));
    }
  }
}
