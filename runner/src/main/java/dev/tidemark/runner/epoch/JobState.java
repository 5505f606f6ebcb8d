package dev.tidemark.runner.epoch;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.stage.Components;
import dev.tidemark.runner.state.EpochCommit;
import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.KeyDecoder;
import dev.tidemark.runner.state.KeyedNode;
import dev.tidemark.runner.state.LaneState;
import dev.tidemark.runner.state.Manifest;
import dev.tidemark.runner.state.NodeDictionary;
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
  private final long cacheBytes;

  private JobState(
      KeyGroups keyGroups,
      @Nullable StateStore store,
      @Nullable NodeDictionary dictionary,
      long cacheBytes) {
    this.keyGroups = keyGroups;
    this.store = store;
    this.dictionary = dictionary;
    this.cacheBytes = cacheBytes;
  }

  /** State that stays objects in the lanes' memory and is gone with the job. */
  static JobState inMemory(KeyGroups keyGroups) {
    return new JobState(keyGroups, null, null, 0);
  }

  /**
   * State that is written to a store with every epoch and read back when it is not in the cache.
   *
   * @param store what is committed in it is what the job goes on from
   * @param cacheBytes about how many bytes of state each stage and lane keeps as objects
   */
  static JobState stored(KeyGroups keyGroups, StageGraph graph, StateStore store, long cacheBytes) {
    List<NodeId> nodes = graph.nodes().map(Node::id).toList();
    return new JobState(keyGroups, store, NodeDictionary.open(store, nodes), cacheBytes);
  }

  /** Whether state is written to a store. */
  boolean isStored() {
    return store != null;
  }

  /** The last committed epoch; 0 before the first. */
  long committedEpoch() {
    return store == null ? 0 : store.manifest().epoch();
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

  /** Commits what all lanes sealed in one epoch. */
  void commit(long epoch, List<EpochOverlay> sealed) {
    if (store != null) {
      List<StateChanges> changes = sealed.stream().map(EpochOverlay::changes).toList();
      store.commit(new EpochCommit(new Manifest(epoch, Map.of()), changes));
    }
    sealed.forEach(EpochOverlay::markCommitted);
  }
}
