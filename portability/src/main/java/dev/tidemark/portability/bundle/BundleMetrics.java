package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.beam.MonitoringInfos;
import dev.tidemark.translation.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds what bundles have counted to the metrics of the users' transforms.
 *
 * <p>Owned by the lane.
 */
final class BundleMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(BundleMetrics.class);
  private static final String TRANSFORM = "PTRANSFORM";
  private static final String USER_METRICS = "beam:metric:user:";
  private static final long ANSWER_SECONDS = 10;

  private final NodeContext context;
  private final Map<String, MonitoringInfo> known = new HashMap<>();
  private String knownOf = "";

  BundleMetrics(NodeContext context) {
    this.context = context;
  }

  /**
   * Adds what a bundle that came through has counted.
   *
   * @param transforms by their ids in the bundle
   */
  void add(SdkWorker worker, BeamFnApi.ProcessBundleResponse response, Map<String, Node> transforms)
      throws InterruptedException {
    List<MonitoringInfo> infos =
        response.getMonitoringInfosCount() > 0
            ? response.getMonitoringInfosList()
            : named(worker, response);
    Map<String, List<MonitoringInfo>> byTransform = new LinkedHashMap<>();
    for (MonitoringInfo sent : infos) {
      MonitoringInfo info = TypeScriptMetrics.fromWorker(sent);
      Node part = part(info.getLabelsOrDefault(TRANSFORM, ""), transforms);
      if (part != null && info.getUrn().startsWith(USER_METRICS)) {
        byTransform
            .computeIfAbsent(part.fullName(), any -> new ArrayList<>())
            .add(info.toBuilder().putLabels(TRANSFORM, part.fullName()).build());
      }
    }
    byTransform.forEach((name, ofOne) -> MonitoringInfos.add(context.metrics(name), ofOne));
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

  /** Some SDKs send only short ids, and say once what these mean. */
  private List<MonitoringInfo> named(SdkWorker worker, BeamFnApi.ProcessBundleResponse response)
      throws InterruptedException {
    if (!worker.id().equals(knownOf)) {
      known.clear();
      knownOf = worker.id();
    }
    List<String> unknown =
        response.getMonitoringDataMap().keySet().stream()
            .filter(id -> !known.containsKey(id))
            .toList();
    if (!unknown.isEmpty()) {
      known.putAll(ask(worker, unknown));
    }
    List<MonitoringInfo> infos = new ArrayList<>();
    response
        .getMonitoringDataMap()
        .forEach(
            (id, payload) -> {
              MonitoringInfo info = known.get(id);
              if (info != null) {
                infos.add(info.toBuilder().setPayload(payload).build());
              }
            });
    return infos;
  }

  private static Map<String, MonitoringInfo> ask(SdkWorker worker, List<String> ids)
      throws InterruptedException {
    try {
      return worker
          .ask(
              BeamFnApi.InstructionRequest.newBuilder()
                  .setMonitoringInfos(
                      BeamFnApi.MonitoringInfosMetadataRequest.newBuilder()
                          .addAllMonitoringInfoId(ids))
                  .build())
          .get(ANSWER_SECONDS, TimeUnit.SECONDS)
          .getMonitoringInfos()
          .getMonitoringInfoMap();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("SDK harness {} does not say what its metrics are: {}", worker.id(), e.toString());
      return Map.of();
    }
  }
}
