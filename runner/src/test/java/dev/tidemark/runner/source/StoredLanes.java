package dev.tidemark.runner.source;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.KeyedNode;
import dev.tidemark.runner.state.LaneState;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.NodeDictionary;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The stored state of one source in some lanes: committed epoch by epoch, and found again. */
final class StoredLanes {
  private static final NodeId NODE = new NodeId(SourceBench.NAME);

  static final int GROUPS = 16;

  private final StateStore store;
  private final KeyGroups groups;
  private List<LaneState> lanes = List.of();
  private long epoch;

  StoredLanes(int lanes) {
    this(lanes, new HeapStateStore());
  }

  private StoredLanes(int lanes, StateStore store) {
    this.store = store;
    groups = new KeyGroups(GROUPS, lanes);
    epoch = store.manifest().epoch() + 1;
    restart();
  }

  /** Other lanes, with what these have committed. */
  StoredLanes rescaled(int count) {
    return new StoredLanes(count, store);
  }

  /** Forgets everything but what is committed. */
  void restart() {
    NodeDictionary dictionary = NodeDictionary.open(store, List.of(NODE));
    List<KeyedNode> nodes = List.of(new KeyedNode(NODE, encoded -> null));
    lanes = new ArrayList<>();
    for (int lane = 0; lane < groups.lanes(); lane++) {
      LaneState state = LaneState.open(store, dictionary, groups, lane, nodes, 0);
      state.openEpoch(epoch);
      lanes.add(state);
    }
  }

  KeyedCells cells(int lane) {
    return lanes.get(lane).cells(NODE);
  }

  void commit() {
    List<EpochOverlay> sealed = lanes.stream().map(LaneState::seal).toList();
    store.commit(
        new EpochCommit(
            new Manifest(epoch, Map.of()), sealed.stream().map(EpochOverlay::changes).toList()));
    sealed.forEach(EpochOverlay::markCommitted);
    epoch++;
    lanes.forEach(lane -> lane.openEpoch(epoch));
  }
}
