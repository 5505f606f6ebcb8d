package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.translation.graph.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.junit.jupiter.api.Test;

class LaneStateTest {
  private static final NodeId NODE = new NodeId("Sessions/Count");
  private static final KeyGroups GROUPS = new KeyGroups(128, 1);
  private static final List<KeyedNode> NODES = List.of(new KeyedNode(NODE, encoded -> null));

  private final HeapStateStore store = new HeapStateStore();

  @Test
  void addingToAStoredBagWritesOnlyWhatIsNew() {
    LaneState lane = open();
    lane.openEpoch(1);
    for (int i = 0; i < 100_000; i++) {
      bag(lane).add(i);
    }
    EpochOverlay first = lane.seal();
    assertThat(bytes(first)).isGreaterThan(100_000);
    commit(first);

    lane.openEpoch(2);
    bag(lane).add(-1);
    assertThat(bytes(lane.seal())).isLessThan(100);

    LaneState restarted = open();
    restarted.openEpoch(2);
    bag(restarted).add(-2);
    EpochOverlay second = restarted.seal();
    assertThat(bytes(second)).isLessThan(100);
    commit(second);

    LaneState last = open();
    assertThat(bag(last).read()).hasSize(100_001).startsWith(0, 1).endsWith(99_999, -2);
  }

  @Test
  void puttingIntoAStoredMapWritesOnlyTheEntry() {
    LaneState lane = open();
    lane.openEpoch(1);
    for (int i = 0; i < 10_000; i++) {
      map(lane).put(i, "v" + i);
    }
    commit(lane.seal());
    LaneState restarted = open();
    restarted.openEpoch(2);
    map(restarted).put(5, "five");
    map(restarted).remove(6);
    assertThat(map(restarted).get(7)).isEqualTo("v7");
    EpochOverlay second = restarted.seal();
    assertThat(second.changes().entries()).hasSize(2);
    commit(second);
    assertThat(map(open()).entries()).hasSize(9_999).contains(Map.entry(5, "five"));
  }

  @Test
  void whatIsNotChangedIsNotWritten() {
    LaneState lane = open();
    lane.openEpoch(1);
    bag(lane).add(1);
    commit(lane.seal());
    lane.openEpoch(2);
    assertThat(bag(lane).read()).containsExactly(1);
    assertThat(lane.seal().changes().isEmpty()).isTrue();
  }

  @Test
  void aTimerThatIsSetAgainIsWrittenOnlyIfItChanges() {
    LaneState lane = open();
    lane.openEpoch(1);
    lane.timers(NODE).set(timer(10, 5));
    commit(lane.seal());
    lane.openEpoch(2);
    lane.timers(NODE).set(timer(10, 5));
    assertThat(lane.seal().changes().isEmpty()).isTrue();
    lane.openEpoch(3);
    lane.timers(NODE).set(timer(10, 6));
    assertThat(lane.seal().changes().entries()).hasSize(1);
    assertThat(lane.timers(NODE).minOutputTimestamp()).isEqualTo(6);
  }

  @Test
  void clearingWhatWasNeverWrittenLeavesNoTombstone() {
    LaneState lane = open();
    lane.openEpoch(1);
    bag(lane).clear();
    map(lane).clear();
    bag(lane).add(1);
    bag(lane).clear();
    assertThat(lane.seal().changes().isEmpty()).isTrue();
    assertThat(lane.keysInMemory()).isZero();
  }

  @Test
  void aFullCacheKeepsRecentKeys() {
    NodeDictionary dictionary = NodeDictionary.open(store, List.of(NODE));
    LaneState lane = LaneState.open(store, dictionary, GROUPS, 0, NODES, 100_000);
    lane.openEpoch(1);
    for (int i = 0; i < 5_000; i++) {
      cells(lane, "k" + i).value("/", "v", VarIntCoder.of()).write(i);
      cells(lane, "hot").value("/", "v", VarIntCoder.of()).read();
      if (i % 100 == 0) {
        lane.cleanUp();
      }
    }
    lane.cleanUp();
    assertThat(lane.keysInMemory()).isBetween(100, 500);
    for (int i = 0; i < 5_000; i++) {
      assertThat(cells(lane, "k" + i).value("/", "v", VarIntCoder.of()).read()).isEqualTo(i);
    }
  }

  @Test
  void manyCellsOfOneKeyAreFoundAndForgotten() {
    LaneState lane = LaneState.inMemory(NODES);
    for (int i = 0; i < 50; i++) {
      cells(lane, "k").value("/w" + i, "v", VarIntCoder.of()).write(i);
    }
    lane.cleanUp();
    assertThat(lane.keysInMemory()).isEqualTo(1);
    for (int i = 0; i < 50; i++) {
      Cells.ValueCell<Integer> cell = cells(lane, "k").value("/w" + i, "v", VarIntCoder.of());
      assertThat(cell.read()).isEqualTo(i);
      cell.clear();
    }
    lane.cleanUp();
    assertThat(lane.keysInMemory()).isZero();
  }

  @Test
  void askingForAKeyLeavesNothing() {
    LaneState lane = LaneState.inMemory(NODES);
    assertThat(cells(lane, "k")).isSameAs(cells(lane, "k"));
    bag(lane).read();
    lane.cleanUp();
    assertThat(lane.keysInMemory()).isZero();
  }

  @Test
  void setsAndNullsSurvive() {
    LaneState lane = open();
    lane.openEpoch(1);
    Cells.MapCell<String, Void> set =
        cells(lane, "k").map("/", "set", StringUtf8Coder.of(), VoidCoder.of());
    putNull(set, "a");
    putNull(set, "b");
    commit(lane.seal());
    Cells.MapCell<String, Void> restored =
        cells(open(), "k").map("/", "set", StringUtf8Coder.of(), VoidCoder.of());
    assertThat(restored.contains("a")).isTrue();
    assertThat(restored.contains("c")).isFalse();
    assertThat(restored.entries()).hasSize(2);
  }

  @Test
  void aCoderThatThrowsIsNamedWithItsTransformAndCell() {
    LaneState lane = open();
    lane.openEpoch(1);
    cells(lane, "k").value("/", "total", new BrokenCoder()).write("text");
    assertThatThrownBy(lane::seal)
        .isInstanceOf(StateException.class)
        .hasMessageContaining("Sessions/Count")
        .hasMessageContaining("'total'")
        .hasMessageContaining("BrokenCoder")
        .hasMessageContaining("java.lang.String")
        .hasMessageContaining("no way")
        .hasCauseInstanceOf(CoderException.class);
  }

  @Test
  void oneCellHasOneKind() {
    LaneState lane = LaneState.inMemory(NODES);
    cells(lane, "k").bag("/", "x", VarIntCoder.of()).add(1);
    assertThatThrownBy(() -> cells(lane, "k").value("/", "x", VarIntCoder.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'x'")
        .hasMessageContaining("Sessions/Count");
  }

  @Test
  void cellsThatAreNotValidAnyMoreSaySo() {
    LaneState lane = LaneState.inMemory(NODES);
    int generation = lane.cells(NODE).generation();
    Cells cells = cells(lane, "k");
    Cells.BagCell<Integer> bag = bag(lane);
    bag.add(1);
    bag.clear();
    assertThat(lane.cells(NODE).generation()).isEqualTo(generation);
    lane.cleanUp();
    assertThat(lane.cells(NODE).generation()).isNotEqualTo(generation);
    assertThatThrownBy(() -> bag.add(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'bag'");
    assertThatThrownBy(() -> cells.hold("/", "hold"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'hold'");
  }

  @Test
  void objectsCannotBeTakenBack() {
    LaneState lane = LaneState.inMemory(NODES);
    assertThatThrownBy(lane::discard).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void stateOutsideOfAnEpochIsRefused() {
    LaneState lane = open();
    bag(lane).add(1);
    assertThatThrownBy(lane::seal).isInstanceOf(IllegalStateException.class);
  }

  private LaneState open() {
    NodeDictionary dictionary = NodeDictionary.open(store, List.of(NODE));
    return LaneState.open(store, dictionary, GROUPS, 0, NODES, LaneState.DEFAULT_CACHE_BYTES);
  }

  private void commit(EpochOverlay sealed) {
    store.commit(
        new EpochCommit(new Manifest(sealed.epoch(), Map.of()), List.of(sealed.changes())));
    sealed.markCommitted();
  }

  private static long bytes(EpochOverlay overlay) {
    return overlay.changes().entries().entrySet().stream()
        .mapToLong(
            entry ->
                entry.getKey().length()
                    + (entry.getValue() == null ? 0 : entry.getValue().length()))
        .sum();
  }

  @SuppressWarnings("NullAway") // the only value that there is
  private static void putNull(Cells.MapCell<String, Void> set, String key) {
    set.put(key, null);
  }

  private static TimerRecord timer(long timestamp, long outputTimestamp) {
    return new TimerRecord(
        LaneGroup.key("k"), "/", "", "t", TimeDomain.EVENT_TIME, timestamp, outputTimestamp);
  }

  private static Cells cells(LaneState lane, String key) {
    return lane.cells(NODE).forKey(LaneGroup.key(key));
  }

  private static Cells.BagCell<Integer> bag(LaneState lane) {
    return cells(lane, "k").bag("/", "bag", VarIntCoder.of());
  }

  private static Cells.MapCell<Integer, String> map(LaneState lane) {
    return cells(lane, "k").map("/", "map", VarIntCoder.of(), StringUtf8Coder.of());
  }

  /** A coder that encodes nothing. */
  private static final class BrokenCoder extends CustomCoder<String> {
    @Override
    public void encode(String value, OutputStream out) throws IOException {
      throw new CoderException("no way");
    }

    @Override
    public String decode(InputStream in) throws IOException {
      throw new CoderException("no way back");
    }

    @Override
    public String toString() {
      return "BrokenCoder";
    }
  }
}
