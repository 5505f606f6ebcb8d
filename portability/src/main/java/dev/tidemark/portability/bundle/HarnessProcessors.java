package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.runner.stage.HarnessNodes;
import dev.tidemark.runner.stage.NodeProcessor;
import dev.tidemark.runner.stage.WindowMerger;
import dev.tidemark.translation.graph.Node;
import dev.tidemark.translation.graph.StageGraph;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Makes the processors of the nodes of a job that run in SDK harnesses.
 *
 * <p>Thread-safe.
 */
public final class HarnessProcessors implements HarnessNodes {
  private final HarnessPlans plans;
  private final SdkWorkers workers;
  private final HarnessSettings settings;

  /**
   * For one job.
   *
   * @param graph of the job
   * @param workers of the job, closed by the caller
   * @param settings limits
   */
  public HarnessProcessors(StageGraph graph, SdkWorkers workers, HarnessSettings settings) {
    this(new HarnessPlans(graph), workers, settings);
  }

  HarnessProcessors(HarnessPlans plans, SdkWorkers workers, HarnessSettings settings) {
    this.plans = plans;
    this.workers = workers;
    this.settings = settings;
  }

  @Override
  public NodeProcessor processor(Node node, int lane) {
    return new HarnessProcessor(new HarnessNode.Opener(plans, workers, lane, settings));
  }

  @Override
  public WindowMerger merger(
      String windowingStrategyId, Coder<BoundedWindow> windowCoder, int lane) {
    return new HarnessWindowMerger(
        workers,
        plans.strategy(windowingStrategyId).getEnvironmentId(),
        lane,
        plans.merging(windowingStrategyId),
        windowCoder,
        settings);
  }
}
