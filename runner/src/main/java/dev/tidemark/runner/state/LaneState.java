package dev.tidemark.runner.state;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.stage.KeyedCells;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state and timers of the nodes of one stage in one lane.
 *
 * <p>Per epoch: {@link #openEpoch}; any number of elements, with a {@link #cleanUp} now and then;
 * {@link #seal}, whose result goes to the committer together with those of the other lanes; the
 * committer calls {@link EpochOverlay#markCommitted} when the store has it. The next epoch may be
 * opened before that. {@link #discard} takes everything back to the last commit.
 *
 * <p>Cells and timers are Java objects while they are used. In a durable lane ({@link #open}) what
 * changed is encoded when the epoch is sealed, and keys that were not used for long leave memory
 * when the cache is full. In a lane that is not ({@link #inMemory}) nothing is ever encoded, and
 * there is nothing to go back to.
 *
 * <p>Owned by the lane.
 */
public final class LaneState {
  /** How many bytes of state a lane keeps as objects, if nobody says otherwise. */
  public static final long DEFAULT_CACHE_BYTES = 64L << 20;

  /** What is kept of one node. */
  private record NodeState(NodeStorage storage, NodeCells cells, TimerQueue timers) {}

  private final boolean durable;
  private final OverlayChain chain;
  private final GroupRange range;
  private final CacheBudget budget;
  private final TimerMemory timerMemory;
  private final Map<NodeId, NodeState> nodes = new LinkedHashMap<>();

  private LaneState(boolean durable, StateStore store, GroupRange range, long cacheBytes) {
    this.durable = durable;
    this.chain = new OverlayChain(store);
    this.range = range;
    this.budget = new CacheBudget(cacheBytes);
    this.timerMemory = new TimerMemory(budget, cacheBytes);
  }

  /**
   * Makes a lane whose state is only ever in memory, and gone when the lane is.
   *
   * @param nodes the nodes of the lane that keep state or timers
   */
  public static LaneState inMemory(List<KeyedNode> nodes) {
    KeyGroups one = new KeyGroups(1, 1);
    LaneState lane =
        new LaneState(false, new HeapStateStore(), GroupRange.of(one, 0), Long.MAX_VALUE);
    nodes.forEach(node -> lane.add(node, new KeyLayout(0, one)));
    return lane;
  }

  /**
   * Opens a lane whose state is kept in a store, and restores the holds that the store has in the
   * key groups of the lane, and the timers if they fit, whichever lanes wrote them.
   *
   * @param store the store, in which nothing that concerns this lane is waiting to be committed;
   *     timers that do not fit are prepared there to be read in parts, which commits something once
   * @param dictionary the store's dictionary, which knows {@code nodes}
   * @param groups key groups and lanes of the job; the number of groups never changes
   * @param lane which of the lanes
   * @param nodes the nodes of the lane that keep state or timers
   * @param cacheBytes about how many encoded bytes of state may stay in memory as objects after a
   *     clean-up
   * @throws StateException if the store or a key coder fails
   */
  public static LaneState open(
      StateStore store,
      NodeDictionary dictionary,
      KeyGroups groups,
      int lane,
      List<KeyedNode> nodes,
      long cacheBytes) {
    LaneState state = new LaneState(true, store, GroupRange.of(groups, lane), cacheBytes);
    for (KeyedNode node : nodes) {
      state.add(node, new KeyLayout(dictionary.number(node.id()), groups));
    }
    state.restore();
    return state;
  }

  /** The cells of {@code node}; always the same object. */
  public KeyedCells cells(NodeId node) {
    return node(node).cells();
  }

  /** The timers of {@code node}; always the same object. */
  public TimerService timers(NodeId node) {
    return node(node).timers();
  }

  /**
   * The earliest hold of all hold cells of {@code node}, or {@link Timestamps#MAX}; costs nothing.
   */
  public long minHold(NodeId node) {
    return Math.min(node(node).storage().holds().min(), Timestamps.MAX);
  }

  /** Whether changes are kept in a store. */
  public boolean isDurable() {
    return durable;
  }

  /**
   * Begins an epoch, before anything changes in it.
   *
   * @throws IllegalArgumentException if {@code epoch} does not come after all before it
   * @throws IllegalStateException if the epoch before it is not sealed
   */
  public void openEpoch(long epoch) {
    chain.open(epoch);
    nodes.values().forEach(node -> node.cells().readAhead().expect(null));
  }

  /**
   * Says which keys come next, so that their cells can be read together.
   *
   * @param page what {@code node} takes next, by key; null when it has been taken
   */
  public void expect(NodeId node, @Nullable RecordBatch page) {
    if (durable) {
      node(node).cells().readAhead().expect(page);
    }
  }

  /**
   * Forgets what is empty and, in a durable lane whose cache is full, keys that were not used for
   * long. To be called now and then, between calls of the processors: cells handed out before are
   * not valid any more.
   *
   * @throws StateException if a coder fails
   */
  public void cleanUp() {
    nodes.values().forEach(node -> node.cells().cleanUp());
    if (durable && budget.exceeded()) {
      evict();
    }
  }

  /**
   * Ends the epoch.
   *
   * @return what changed in it, to be committed; nothing in a lane that is not durable
   * @throws StateException if a coder fails
   */
  public EpochOverlay seal() {
    if (durable) {
      for (NodeState node : nodes.values()) {
        node.cells().flush();
        node.timers().flush();
      }
    }
    cleanUp();
    return chain.seal();
  }

  /**
   * Goes back to what the store has. Overlays that are sealed must not be committed any more.
   *
   * @throws IllegalStateException if the lane is not durable
   */
  public void discard() {
    if (!durable) {
      throw new IllegalStateException(
          "state that is only in memory cannot be taken back to an earlier epoch");
    }
    chain.discard();
    for (NodeState node : nodes.values()) {
      node.storage().holds().clear();
      node.cells().reset();
      node.timers().reset();
    }
    budget.reset();
    restore();
  }

  /** How many keys have state in memory, over all nodes. */
  int keysInMemory() {
    return nodes.values().stream().mapToInt(node -> node.cells().size()).sum();
  }

  /** How many timers are in memory, over all nodes. */
  int timersInMemory() {
    return nodes.values().stream().mapToInt(node -> node.timers().size()).sum();
  }

  private void add(KeyedNode node, KeyLayout layout) {
    NodeStorage storage = new NodeStorage(node.id(), durable, chain, layout);
    NodeState state =
        new NodeState(
            storage,
            new NodeCells(storage, range, budget),
            new TimerQueue(storage, range, node.decoder(), timerMemory));
    if (nodes.put(node.id(), state) != null) {
      throw new IllegalArgumentException("twice in one lane: " + node.id());
    }
  }

  private void restore() {
    for (NodeState node : nodes.values()) {
      node.timers().restore();
      restoreHolds(node.storage());
    }
  }

  private void restoreHolds(NodeStorage storage) {
    try (StateScan scan =
        chain.scan(
            storage.layout().groupStart(StateTable.HOLD, range.first()),
            storage.layout().groupStart(StateTable.HOLD, range.end()))) {
      while (scan.hasNext()) {
        storage.holds().add(HoldStateCell.parse(scan.next().value()));
      }
    }
  }

  /** Takes a key of each node in turn, so that no node loses all. */
  private void evict() {
    boolean evicted = true;
    while (evicted && budget.exceeded()) {
      evicted = false;
      for (NodeState node : nodes.values()) {
        evicted |= node.cells().evictOne();
      }
    }
    nodes.values().forEach(node -> node.cells().forgetEvicted());
  }

  private NodeState node(NodeId id) {
    NodeState node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no state was opened for " + id);
    }
    return node;
  }
}
