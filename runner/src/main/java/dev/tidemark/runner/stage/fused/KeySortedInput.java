package dev.tidemark.runner.stage.fused;

import dev.tidemark.runner.exchange.KeySorter;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SortedRecords;
import dev.tidemark.runner.stage.StageContext;
import dev.tidemark.runner.stage.StageProcessor.Upstream;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.ElementDecoder;
import dev.tidemark.translation.graph.Edge;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.Operation;
import dev.tidemark.translation.graph.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * What a batch job sends by key to functions with state: kept until nothing more can come, then
 * handed over key by key. A key's elements come in the order of their timestamps; then time ends
 * for the key, so that its timers fire, its windows expire and its state goes, before the next key
 * begins. So no more than one key's state is alive at once.
 *
 * <p>It also waits until the functions' side inputs are complete, as an element that had to wait
 * for one would keep its key alive.
 *
 * <p>Owned by the lane.
 */
final class KeySortedInput {
  private final StageContext stage;
  private final FusedStageProcessor.CurrentKey currentKey;
  private final NodeRuntime receiver;
  private final List<NodeRuntime> stateful;
  private final List<Edge> awaited = new ArrayList<>();
  private final KeySorter sorter;
  private boolean handedOver;

  /**
   * For one edge.
   *
   * @param receiver the node that the edge leads to
   * @param stateful the nodes that {@link #statefulBehind} found
   */
  KeySortedInput(
      StageContext stage,
      FusedStageProcessor.CurrentKey currentKey,
      Edge edge,
      NodeRuntime receiver,
      List<NodeRuntime> stateful) {
    this.stage = stage;
    this.currentKey = currentKey;
    this.receiver = receiver;
    this.stateful = List.copyOf(stateful);
    this.sorter = new KeySorter(stage.workSpace());
    awaited.add(edge);
    List<NodeId> ids = stateful.stream().map(node -> node.node().id()).toList();
    for (Edge incoming : stage.stage().incoming()) {
      if (incoming.kind() == Edge.Kind.BROADCAST && ids.contains(incoming.consumer())) {
        awaited.add(incoming);
      }
    }
  }

  /**
   * The nodes that keep state by the key of what comes over {@code edge}, and get nothing else, in
   * topological order; empty if the edge does not send by key, or is durable: then elements come
   * only after their commit, when their key is over. Of those in SDK harnesses only the ones that
   * want their input sorted, as a harness takes a bundle of many keys faster than many bundles.
   */
  static List<NodeId> statefulBehind(Stage stage, Edge edge) {
    List<NodeId> found = new ArrayList<>();
    if (edge.kind() == Edge.Kind.EXCHANGE_BY_KEY && !edge.durable()) {
      List<NodeId> keyed = new ArrayList<>(List.of(edge.consumer()));
      for (Node node : stage.nodes()) {
        if (!keyed.contains(node.id())) {
          continue;
        }
        if (node.operation() instanceof Operation.ParDo parDo) {
          if (parDo.stateful()) {
            found.add(node.id());
          }
        } else if (node.operation() instanceof Operation.Harness harness) {
          if (harness.root().operation() instanceof Operation.ParDo root
              && root.payload().getRequiresTimeSortedInput()) {
            found.add(node.id());
          }
        } else if (node.operation() instanceof Operation.Redistribute
            || node.operation() instanceof Operation.WindowInto) {
          stage.innerEdges().stream()
              .filter(inner -> inner.producer().equals(node.id()))
              .forEach(inner -> keyed.add(inner.consumer()));
        }
      }
    }
    return found;
  }

  /** What it keeps the pages of. */
  Edge edge() {
    return awaited.get(0);
  }

  /** Keeps a page. */
  void add(RecordBatch page) {
    sorter.add(page);
  }

  /** Whether the receiver has got everything. */
  boolean isHandedOver() {
    return handedOver;
  }

  /** Hands over what was kept, if nothing more can come. */
  void advance(Upstream upstream, ElementDecoder decoder) {
    for (Edge edge : awaited) {
      if (upstream.watermark(edge) < Timestamps.MAX) {
        return;
      }
    }
    SortedRecords records = sorter.sort();
    try {
      handOver(records, decoder);
    } finally {
      records.close();
    }
    handedOver = true;
  }

  private void handOver(SortedRecords records, ElementDecoder decoder) {
    boolean inKey = false;
    while (records.next()) {
      if (!inKey || records.startsKey()) {
        if (inKey) {
          endKey();
        }
        inKey = true;
        decoder.startReading();
        currentKey.renew();
      }
      decoder.read(records.page(), records.index());
      currentKey.set(decoder.key());
      receiver.accept(decoder.value(), decoder.position());
    }
    if (inKey) {
      endKey();
    }
  }

  private void endKey() {
    for (NodeRuntime node : stateful) {
      node.endKey();
    }
    stage.cleanUp();
  }
}
