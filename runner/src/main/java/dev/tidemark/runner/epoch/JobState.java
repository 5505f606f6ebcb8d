package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.stage.NodeProgress;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.KeyDecoder;
import dev.tidemark.runner.state.KeyedNode;
import dev.tidemark.runner.state.LaneState;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.MetricsLog;
import dev.tidemark.runner.state.NodeDictionary;
import dev.tidemark.runner.state.ProgressLog;
import dev.tidemark.runner.state.StateChanges;
import dev.tidemark.runner.state.StateStore;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Stage;
import dev.tidemark.translation.graph.StageGraph;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.jspecify.annotations.Nullable;

/**
 * The state of a job: opens the lanes' parts of it and commits what they seal.
 *
 * <p>The driver opens lanes, the committer's thread commits.
 */
final class JobState {
  private final KeyGroups keyGroups;
  private final @Nullable StateStore store;
  private final @Nullable NodeDictionary dictionary;
  private final @Nullable Logs logs;
  private final long cacheBytes;
  private final long firstEpoch;

  /** What another run needs, apart from the state of the lanes. */
  private record Logs(ProgressLog progress, MetricsLog metrics) {}

  private JobState(
      KeyGroups keyGroups,
      @Nullable StateStore store,
      @Nullable NodeDictionary dictionary,
      @Nullable Logs logs,
      long cacheBytes) {
    this.keyGroups = keyGroups;
    this.store = store;
    this.dictionary = dictionary;
    this.logs = logs;
    this.cacheBytes = cacheBytes;
    this.firstEpoch = store == null ? 1 : store.manifest().epoch() + 1;
  }

  /** State that stays objects in the lanes' memory and is gone with the job. */
  static JobState inMemory(KeyGroups keyGroups) {
    return new JobState(keyGroups, null, null, null, 0);
  }

  /**
   * State that is written to a store with every epoch and read back between any two uses, but not
   * by another run.
   */
  static JobState evicted(KeyGroups keyGroups, StageGraph graph) {
    StateStore store = new HeapStateStore();
    return new JobState(keyGroups, store, dictionary(store, graph), null, 0);
  }

  /**
   * State that is written to a store with every epoch, so that another run can go on from it.
   *
   * @param store what is committed in it is what the job goes on from
   * @param cacheBytes about how many bytes of state each stage and lane keeps as objects
   */
  static JobState kept(KeyGroups keyGroups, StageGraph graph, StateStore store, long cacheBytes) {
    NodeDictionary dictionary = dictionary(store, graph);
    Logs logs = new Logs(ProgressLog.open(store, dictionary, keyGroups), MetricsLog.open(store));
    return new JobState(keyGroups, store, dictionary, logs, cacheBytes);
  }

  private static NodeDictionary dictionary(StateStore store, StageGraph graph) {
    return NodeDictionary.open(store, graph.nodes().map(Node::id).toList());
  }

  /** Whether another run can go on from what is committed. */
  boolean isKept() {
    return logs != null;
  }

  /** Whether this run goes on from what another one has committed. */
  boolean isResumed() {
    return logs != null && firstEpoch > 1;
  }

  /** Whether the job was being drained when it was last committed. */
  boolean wasDraining() {
    return logs != null && logs.progress().draining();
  }

  /** The metrics of all that is committed, by step. */
  Map<String, byte[]> committedMetrics() {
    return logs == null ? Map.of() : logs.metrics().all();
  }

  /** How far a node had come in the run before this one. */
  NodeProgress resumedFrom(NodeId node, int lane) {
    NodeProgress before = logs == null ? null : logs.progress().of(node, lane);
    return before == null ? NodeProgress.NONE : before;
  }

  /** The number of the first epoch of this run. */
  long firstEpoch() {
    return firstEpoch;
  }

  /** Opens the state of one stage in one lane. */
  LaneState open(Stage stage, int lane, Components components) {
    List<KeyedNode> nodes = new ArrayList<>();
    for (Node node : stage.nodes()) {
      nodes.add(new KeyedNode(node.id(), decoder(node, components)));
    }
    return store == null || dictionary == null
        ? LaneState.inMemory(nodes)
        : LaneState.open(store, dictionary, keyGroups, lane, nodes, cacheBytes);
  }

  /** The decoder of a node's keys; where a node has no user's keys, they decode to null. */
  private static KeyDecoder decoder(Node node, Components components) {
    Coder<?> coder = node.inputs().size() == 1 ? components.coder(node.inputs().get(0)) : null;
    if (coder instanceof KvCoder<?, ?> kvCoder) {
      Coder<?> keyCoder = kvCoder.getKeyCoder();
      return encoded -> keyCoder.decode(new ByteArrayInputStream(encoded), Coder.Context.OUTER);
    }
    return encoded -> null;
  }

  /**
   * Takes down how far the job has come at the end of an epoch. By the driver.
   *
   * @param nodes of each node, lane by lane
   * @param metrics of the steps that have counted something
   * @return what is to be committed with the epoch
   */
  List<StateChanges> seal(
      boolean draining,
      Supplier<Map<NodeId, List<NodeProgress>>> nodes,
      Supplier<Map<String, byte[]>> metrics) {
    if (logs == null) {
      return List.of();
    }
    List<StateChanges> changes = new ArrayList<>(logs.progress().seal(draining, nodes.get()));
    changes.add(logs.metrics().seal(metrics.get()));
    return changes;
  }

  /**
   * Commits epochs, all of them or none.
   *
   * @param epochs at least one, oldest first, none between them left out
   */
  void commit(List<SealedState> epochs) {
    if (store != null) {
      long last = epochs.get(epochs.size() - 1).epoch();
      store.commit(new EpochCommit(new Manifest(last, Map.of()), SealedState.union(epochs)));
    }
    epochs.forEach(epoch -> epoch.lanes().forEach(EpochOverlay::markCommitted));
  }
}
