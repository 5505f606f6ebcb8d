package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.beam.MonitoringInfos;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.jspecify.annotations.Nullable;

/**
 * Adds what bundles have counted to the metrics of the users' transforms, and shows what the bundle
 * in hand has counted so far.
 *
 * <p>Owned by the lane.
 */
final class BundleMetrics implements ProgressView {
  private static final String TRANSFORM = "PTRANSFORM";
  private static final String TRANSFORM_IN_TYPESCRIPT = "TRANSFORM";
  private static final String USER_METRICS = "beam:metric:user:";

  private final NodeContext context;
  private final MetricsInHand inHand;
  private final int lane;
  private final ShortIds ids = new ShortIds();

  BundleMetrics(NodeContext context, MetricsInHand inHand, int lane) {
    this.context = context;
    this.inHand = inHand;
    this.lane = lane;
  }

  @Override
  public void show(
      SdkWorker worker, BeamFnApi.ProcessBundleProgressResponse progress, HarnessPlan plan) {
    inHand.show(
        context.node().id(),
        lane,
        byTransform(
            progress.getMonitoringInfosCount() > 0
                ? progress.getMonitoringInfosList()
                : ids.known(worker, progress.getMonitoringDataMap()),
            plan.transforms()));
  }

  @Override
  public void clear() {
    inHand.clear(context.node().id(), lane);
  }

  /** Adds what a bundle that came through has counted. */
  void add(SdkWorker worker, BeamFnApi.ProcessBundleResponse response, HarnessPlan plan)
      throws InterruptedException {
    Map<String, List<MonitoringInfo>> counted =
        byTransform(
            response.getMonitoringInfosCount() > 0
                ? response.getMonitoringInfosList()
                : ids.explain(worker, response.getMonitoringDataMap()),
            plan.transforms());
    clear();
    counted.forEach((name, ofOne) -> MonitoringInfos.add(context.metrics(name), ofOne));
  }

  private static Map<String, List<MonitoringInfo>> byTransform(
      List<MonitoringInfo> infos, Map<String, Node> transforms) {
    Map<String, List<MonitoringInfo>> byTransform = new LinkedHashMap<>();
    for (MonitoringInfo info : infos) {
      Node part = part(label(info), transforms);
      if (part != null && info.getUrn().startsWith(USER_METRICS)) {
        byTransform
            .computeIfAbsent(part.fullName(), any -> new ArrayList<>())
            .add(
                info.toBuilder()
                    .removeLabels(TRANSFORM_IN_TYPESCRIPT)
                    .putLabels(TRANSFORM, part.fullName())
                    .build());
      }
    }
    return byTransform;
  }

  private static String label(MonitoringInfo info) {
    return info.getLabelsOrDefault(TRANSFORM, info.getLabelsOrDefault(TRANSFORM_IN_TYPESCRIPT, ""));
  }

  /** Some SDKs name a transform by its id, others by its full name. */
  private static @Nullable Node part(String label, Map<String, Node> transforms) {
    Node part = transforms.get(label);
    return part != null
        ? part
        : transforms.values().stream()
            .filter(other -> other.fullName().equals(label))
            .findFirst()
            .orElse(null);
  }
}
