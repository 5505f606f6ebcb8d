package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.NodeId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Makes the processors of the nodes of a job that run in SDK harnesses. All lanes of a node share a
 * descriptor.
 *
 * <p>Thread-safe.
 */
public final class HarnessProcessors implements HarnessNodes {
  private final SdkWorkers workers;
  private final Function<Node, HarnessPlan> planner;
  private final HarnessSettings settings;
  private final Map<NodeId, HarnessPlan> plans = new ConcurrentHashMap<>();

  /**
   * For one job.
   *
   * @param workers of the job, closed by the caller
   * @param planner says what the bundles of a node are made of
   * @param settings limits
   */
  public HarnessProcessors(
      SdkWorkers workers, Function<Node, HarnessPlan> planner, HarnessSettings settings) {
    this.workers = workers;
    this.planner = planner;
    this.settings = settings;
  }

  @Override
  public NodeProcessor processor(Node node, int lane) {
    HarnessPlan plan = plans.computeIfAbsent(node.id(), id -> planner.apply(node));
    return new HarnessProcessor(new HarnessNode.Opener(plan, workers, lane, settings));
  }
}
