package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.runner.exchange.SpillSpace;
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
  private final HarnessJob job;

  /**
   * For one job.
   *
   * @param graph of the job
   * @param workers of the job, closed by the caller
   */
  public HarnessProcessors(StageGraph graph, SdkWorkers workers, HarnessJob job) {
    this(new HarnessPlans(graph), workers, job);
  }

  HarnessProcessors(HarnessPlans plans, SdkWorkers workers, HarnessJob job) {
    this.plans = plans;
    this.workers = workers;
    this.job = job;
  }

  @Override
  public NodeProcessor processor(Node node, int lane) {
    return new HarnessProcessor(new HarnessNode.Opener(plans, workers, lane, job));
  }

  @Override
  public HarnessNodes renewed() {
    workers.renew();
    return new HarnessProcessors(plans.renewed(), workers, job);
  }

  @Override
  public WindowMerger merger(
      String windowingStrategyId, Coder<BoundedWindow> windowCoder, int lane, SpillSpace space) {
    String environmentId = plans.strategy(windowingStrategyId).getEnvironmentId();
    Protocols protocols = Protocols.of(plans.graph(), environmentId);
    return new HarnessWindowMerger(
        workers,
        environmentId,
        lane,
        plans.merging(windowingStrategyId),
        protocols,
        windowCoder,
        new BundleWatch.Rules(
            "The windows of strategy " + windowingStrategyId,
            job.settings().supervision(),
            protocols.reportsProgress(),
            job.warnings()),
        space,
        job.settings());
  }
}
