package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.translation.graph.NodeId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.junit.jupiter.api.Test;

/** Each node has a value cell, and in it the name that the node had when it was written. */
class JobRowTest {
  private static final Key KEY = new Key("key".getBytes(UTF_8), "key");
  private static final Bytes DESCRIPTION = Bytes.of(new byte[] {1, 2});

  private final HeapStateStore store = new HeapStateStore();
  private long epoch;

  @Test
  void aNewStoreHasNoDescription() {
    assertThat(JobRow.read(store)).isNull();
    JobRow.write(store, DESCRIPTION, name -> name, List.of());
    assertThat(JobRow.read(store)).isEqualTo(DESCRIPTION);
  }

  @Test
  void aNodeGoesOnUnderAnotherName() {
    writeTheirNames("A", "B");
    change(Map.of("A", "C"));
    assertThat(found("A", "B", "C")).containsExactly("", "B", "A");
  }

  @Test
  void twoNodesChangeTheirNames() {
    writeTheirNames("A", "B");
    change(Map.of("A", "B", "B", "A"));
    assertThat(found("A", "B")).containsExactly("B", "A");
  }

  @Test
  void aNameThatAnotherTakesLosesWhatItHad() {
    writeTheirNames("A", "B");
    change(Map.of("A", "B"));
    assertThat(found("A", "B")).containsExactly("", "A");
    assertThat(cellsInStore()).isEqualTo(1);
  }

  @Test
  void droppedStateIsGone() {
    writeTheirNames("A", "B", "C");
    JobRow.write(store, DESCRIPTION, name -> name.equals("C") ? "" : name, List.of("B"));
    assertThat(cellsInStore()).isEqualTo(1);
    assertThat(found("A", "B", "C")).containsExactly("A", "", "");
  }

  private void change(Map<String, String> names) {
    JobRow.write(store, DESCRIPTION, name -> names.getOrDefault(name, name), List.of());
  }

  private void writeTheirNames(String... names) {
    LaneState lane = open(names);
    for (String name : names) {
      cell(lane, name).write(name);
    }
    EpochOverlay sealed = lane.seal();
    store.commit(new EpochCommit(new Manifest(epoch, Map.of()), List.of(sealed.changes())));
  }

  private List<String> found(String... names) {
    LaneState lane = open(names);
    return Stream.of(names)
        .map(name -> cell(lane, name))
        .map(cell -> cell.isEmpty() ? "" : String.valueOf(cell.read()))
        .toList();
  }

  private LaneState open(String... names) {
    List<KeyedNode> nodes =
        Stream.of(names).map(name -> new KeyedNode(new NodeId(name), encoded -> null)).toList();
    LaneState lane =
        LaneState.open(
            store,
            NodeDictionary.open(store, nodes.stream().map(KeyedNode::id).toList()),
            new KeyGroups(4, 1),
            0,
            nodes,
            0);
    lane.openEpoch(++epoch);
    return lane;
  }

  private static Cells.ValueCell<String> cell(LaneState lane, String name) {
    return lane.cells(new NodeId(name)).forKey(KEY).value("", "name", StringUtf8Coder.of());
  }

  private int cellsInStore() {
    int count = 0;
    try (StateScan scan = store.scan(Bytes.of(new byte[] {(byte) StateTable.VALUE.code()}))) {
      while (scan.hasNext()) {
        scan.next();
        count++;
      }
    }
    return count;
  }
}
