package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.apache.beam.sdk.state.TimeDomain;

/** The lanes of one stage with two nodes, and a committer that may lag behind. */
final class LaneGroup {
  private static final int GROUPS = 16;
  static final List<NodeId> NODES = List.of(new NodeId("Count words"), new NodeId("Join/Dedupe"));

  private static final List<KeyedNode> KEYED =
      NODES.stream().map(id -> new KeyedNode(id, encoded -> new String(encoded, UTF_8))).toList();

  private final HeapStateStore store = new HeapStateStore();
  private final boolean durable;
  private final Deque<List<EpochOverlay>> waiting = new ArrayDeque<>();
  private KeyGroups groups = new KeyGroups(GROUPS, 1);
  private List<LaneState> lanes = List.of();
  private long epoch;

  private LaneGroup(boolean durable) {
    this.durable = durable;
  }

  /** One lane that keeps objects only. */
  static LaneGroup inMemory() {
    LaneGroup group = new LaneGroup(false);
    group.lanes = List.of(LaneState.inMemory(KEYED));
    group.openEpoch();
    return group;
  }

  /** Lanes over a store in memory. */
  static LaneGroup durable(int lanes, long cacheBytes) {
    LaneGroup group = new LaneGroup(true);
    group.restart(lanes, cacheBytes);
    return group;
  }

  static Key key(String key) {
    return new Key(key.getBytes(UTF_8), key);
  }

  Cells cells(int node, String key) {
    return lane(key).cells(NODES.get(node)).forKey(key(key));
  }

  TimerService timers(int node, String key) {
    return lane(key).timers(NODES.get(node));
  }

  List<TimerRecord> takeDue(int node, TimeDomain domain, long upTo) {
    List<TimerRecord> due = new ArrayList<>();
    for (LaneState lane : lanes) {
      List<TimerRecord> ofLane = new ArrayList<>();
      TimerService timers = lane.timers(NODES.get(node));
      for (TimerRecord timer = timers.pollDue(domain, upTo);
          timer != null;
          timer = timers.pollDue(domain, upTo)) {
        ofLane.add(timer);
      }
      if (!ofLane.equals(ofLane.stream().sorted(NaiveState.firingOrder()).toList())) {
        throw new AssertionError("fired out of order: " + ofLane);
      }
      due.addAll(ofLane);
    }
    due.sort(NaiveState.firingOrder());
    return due;
  }

  long min(ToLongFunction<LaneState> property) {
    return lanes.stream().mapToLong(property).min().getAsLong();
  }

  /** Keys and namespaces of the value cells with this id, sorted. */
  List<Map.Entry<String, String>> valueCells(int node, String cellId) {
    TreeSet<String> found = new TreeSet<>();
    List<Map.Entry<String, String>> result = new ArrayList<>();
    for (LaneState lane : lanes) {
      lane.cells(NODES.get(node))
          .forEachValue(
              cellId,
              (key, namespace) -> {
                String text = new String(key.encoded(), UTF_8);
                if (!found.add(text + '/' + namespace)) {
                  throw new AssertionError("visited twice: " + text);
                }
                result.add(Map.entry(text, namespace));
              });
    }
    return result;
  }

  void cleanUp() {
    lanes.forEach(LaneState::cleanUp);
  }

  /** Seals the epoch and opens the next. */
  void seal() {
    waiting.add(lanes.stream().map(LaneState::seal).toList());
    openEpoch();
  }

  /** Commits the oldest sealed epoch; returns false if there is none. */
  boolean commitOne() {
    List<EpochOverlay> overlays = waiting.poll();
    if (overlays == null) {
      return false;
    }
    if (durable) {
      store.commit(
          new EpochCommit(
              new Manifest(overlays.get(0).epoch(), Map.of()),
              overlays.stream().map(EpochOverlay::changes).toList()));
    }
    overlays.forEach(EpochOverlay::markCommitted);
    return true;
  }

  /** Stops in an orderly way and starts again with other lanes. */
  void restart(int laneCount, long cacheBytes) {
    if (!lanes.isEmpty()) {
      waiting.add(lanes.stream().map(LaneState::seal).toList());
    }
    while (commitOne()) {
      // Everything is to be committed.
    }
    groups = new KeyGroups(GROUPS, laneCount);
    NodeDictionary dictionary = NodeDictionary.open(store, NODES);
    List<LaneState> opened = new ArrayList<>();
    for (int lane = 0; lane < laneCount; lane++) {
      opened.add(LaneState.open(store, dictionary, groups, lane, KEYED, cacheBytes));
    }
    lanes = opened;
    openEpoch();
  }

  /** Goes back to the last commit. */
  void discard() {
    waiting.clear();
    lanes.forEach(LaneState::discard);
    epoch = store.manifest().epoch();
    openEpoch();
  }

  HeapStateStore store() {
    return store;
  }

  List<LaneState> lanes() {
    return lanes;
  }

  private void openEpoch() {
    epoch++;
    lanes.forEach(lane -> lane.openEpoch(epoch));
  }

  private LaneState lane(String key) {
    return lanes.get(groups.laneOf(key(key).keyHash()));
  }
}
