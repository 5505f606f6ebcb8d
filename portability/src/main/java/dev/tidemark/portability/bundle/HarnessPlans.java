package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import dev.tidemark.translation.graph.StageGraph;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * The plans of a job's bundles in harnesses, and the tokens for what these may cache, which all
 * lanes share.
 *
 * <p>Thread-safe.
 */
final class HarnessPlans {
  private final StageGraph graph;
  private final Map<Which, HarnessPlan> plans;
  private final SideInputTokens sideInputTokens = new SideInputTokens();
  private final Map<String, HarnessPlan> merging;

  private record Which(NodeId node, boolean truncating) {}

  HarnessPlans(StageGraph graph) {
    this(graph, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
  }

  private HarnessPlans(
      StageGraph graph, Map<Which, HarnessPlan> plans, Map<String, HarnessPlan> merging) {
    this.graph = graph;
    this.plans = plans;
    this.merging = merging;
  }

  /** The same plans with new tokens: what side inputs show may be counted anew. */
  HarnessPlans renewed() {
    return new HarnessPlans(graph, plans, merging);
  }

  /** The graph of the job. */
  StageGraph graph() {
    return graph;
  }

  /**
   * The plan of a node.
   *
   * @param truncating whether restrictions are truncated before they are processed
   */
  HarnessPlan of(Node node, boolean truncating) {
    return plans.computeIfAbsent(
        new Which(node.id(), truncating),
        which ->
            HarnessPlan.of(
                node,
                truncating
                    ? Descriptors.truncating(graph, node, newId())
                    : Descriptors.of(graph, node, newId())));
  }

  /**
   * The plan by which an SDK merges the windows of a strategy.
   *
   * @param windowing in the graph's components
   */
  HarnessPlan merging(String windowing) {
    return merging.computeIfAbsent(
        windowing, id -> MergePlans.of(graph, strategy(windowing), newId()));
  }

  /** A windowing strategy of the SDK, by its id. */
  RunnerApi.WindowingStrategy strategy(String id) {
    return graph.components().getWindowingStrategiesOrThrow(id);
  }

  /** The tokens of the job's side inputs. */
  SideInputTokens sideInputTokens() {
    return sideInputTokens;
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }
}
