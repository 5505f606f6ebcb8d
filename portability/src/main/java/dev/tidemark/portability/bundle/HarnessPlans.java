package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.StageGraph;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The plans of a job's harness nodes, which all lanes share.
 *
 * <p>Thread-safe.
 */
final class HarnessPlans {
  private final StageGraph graph;
  private final Map<Which, HarnessPlan> plans = new ConcurrentHashMap<>();

  private record Which(NodeId node, boolean truncating) {}

  HarnessPlans(StageGraph graph) {
    this.graph = graph;
  }

  /**
   * The plan of a node.
   *
   * @param truncating whether restrictions are truncated before they are processed
   */
  HarnessPlan of(Node node, boolean truncating) {
    return plans.computeIfAbsent(
        new Which(node.id(), truncating),
        which -> {
          String id = UUID.randomUUID().toString();
          return HarnessPlan.of(
              node,
              truncating
                  ? Descriptors.truncating(graph, node, id)
                  : Descriptors.of(graph, node, id));
        });
  }
}
