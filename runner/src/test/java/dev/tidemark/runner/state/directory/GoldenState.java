package dev.tidemark.runner.state.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.JobRow;
import dev.tidemark.runner.state.KeyedNode;
import dev.tidemark.runner.state.LaneState;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.NodeDictionary;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.runner.state.description.DescriptionFormat;
import dev.tidemark.runner.state.description.JobDescription;
import dev.tidemark.runner.state.rocks.RocksStateStore;
import dev.tidemark.translation.graph.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;

/**
 * A small state directory. Its {@code main} writes the one that is kept for a version of the
 * format, with the path as its argument; {@code runner/golden} calls it.
 */
final class GoldenState {
  private static final long MEMORY = 1 << 20;
  private static final NodeId NODE = new NodeId("Count per user/ParMultiDo(Count)");
  private static final Key KEY = new Key("a\0b".getBytes(UTF_8), "a\0b");
  private static final TimerRecord TIMER =
      new TimerRecord(KEY, "/w", "", "end", TimeDomain.EVENT_TIME, 1000, 900);
  private static final JobDescription JOB =
      new JobDescription(
          "2.70.0",
          "golden",
          16,
          new TreeMap<>(Map.of(NODE.value(), new TreeMap<>(Map.of("keys", "StringUtf8Coder")))));

  private GoldenState() {}

  public static void main(String[] arguments) {
    try (StateDirectory directory = StateDirectory.open(Path.of(arguments[0]))) {
      write(directory);
    }
  }

  static void write(StateDirectory directory) {
    try (RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      JobRow.write(store, DescriptionFormat.write(JOB), name -> name, List.of());
    }
    // Opened again, it has a table as well as a log.
    try (RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      LaneState lane = lane(store);
      lane.openEpoch(3);
      Cells cells = lane.cells(NODE).forKey(KEY);
      cells.value("/w", "count", VarLongCoder.of()).write(42L);
      Cells.BagCell<String> seen = cells.bag("/w", "seen", StringUtf8Coder.of());
      seen.add("x");
      seen.add("y");
      lane.timers(NODE).set(TIMER);
      EpochOverlay sealed = lane.seal();
      store.commit(
          new EpochCommit(
              new Manifest(3, Map.of("mark", DescriptionFormat.write(JOB))),
              List.of(sealed.changes())));
    }
  }

  /** Checks that a directory holds what {@link #write} writes. */
  static void check(StateDirectory directory) {
    try (RocksStateStore store = RocksStateStore.open(directory.store(), MEMORY)) {
      assertThat(store.manifest())
          .isEqualTo(new Manifest(3, Map.of("mark", DescriptionFormat.write(JOB))));
      assertThat(JobRow.read(store)).isEqualTo(DescriptionFormat.write(JOB));
      LaneState lane = lane(store);
      lane.openEpoch(4);
      Cells cells = lane.cells(NODE).forKey(KEY);
      assertThat(cells.value("/w", "count", VarLongCoder.of()).read()).isEqualTo(42L);
      assertThat(cells.bag("/w", "seen", StringUtf8Coder.of()).read()).containsExactly("x", "y");
      assertThat(lane.timers(NODE).pollDue(TimeDomain.EVENT_TIME, 2000)).isEqualTo(TIMER);
    }
  }

  private static LaneState lane(StateStore store) {
    return LaneState.open(
        store,
        NodeDictionary.open(store, List.of(NODE)),
        new KeyGroups(16, 1),
        0,
        List.of(new KeyedNode(NODE, encoded -> new String(encoded, UTF_8))),
        0);
  }
}
