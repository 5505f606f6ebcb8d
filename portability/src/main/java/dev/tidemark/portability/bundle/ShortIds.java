package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the short ids mean by which a worker calls its metrics. It says so once, when asked.
 *
 * <p>Owned by the lane; answers come on threads of the network.
 */
final class ShortIds {
  private static final Logger LOG = LoggerFactory.getLogger(ShortIds.class);
  private static final long ANSWER_SECONDS = 10;

  private Map<String, MonitoringInfo> known = new ConcurrentHashMap<>();
  private CompletableFuture<?> asked = CompletableFuture.completedFuture(null);
  private String worker = "";

  /** The metrics with their meanings; those that the worker does not explain are left out. */
  List<MonitoringInfo> explain(SdkWorker from, Map<String, ByteString> values)
      throws InterruptedException {
    ask(from, values.keySet());
    try {
      asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("SDK harness {} does not say what its metrics are: {}", from, e.toString());
    }
    return known(from, values);
  }

  /** The same, without those that are not known yet; asks for them, and does not wait. */
  List<MonitoringInfo> known(SdkWorker from, Map<String, ByteString> values) {
    if (asked.isDone()) {
      ask(from, values.keySet());
    }
    List<MonitoringInfo> infos = new ArrayList<>();
    values.forEach(
        (id, payload) -> {
          MonitoringInfo info = known.get(id);
          if (info != null) {
            infos.add(info.toBuilder().setPayload(payload).build());
          }
        });
    return infos;
  }

  private void ask(SdkWorker from, Set<String> ids) {
    if (!from.id().equals(worker)) {
      known = new ConcurrentHashMap<>();
      worker = from.id();
    }
    Map<String, MonitoringInfo> answers = known;
    List<String> unknown = ids.stream().filter(id -> !answers.containsKey(id)).toList();
    if (unknown.isEmpty()) {
      return;
    }
    asked =
        from.ask(
                BeamFnApi.InstructionRequest.newBuilder()
                    .setMonitoringInfos(
                        BeamFnApi.MonitoringInfosMetadataRequest.newBuilder()
                            .addAllMonitoringInfoId(unknown))
                    .build())
            .thenAccept(
                answer -> answers.putAll(answer.getMonitoringInfos().getMonitoringInfoMap()));
  }
}
