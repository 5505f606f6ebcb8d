package dev.tidemark.portability.job;

import java.util.List;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;

/**
 * Metrics that fit into a message that every client takes. What does not is left out, from the end
 * of the lists, with the same room for attempted and committed ones.
 */
final class BoundedMetrics {
  /** A tag and a length for each entry. */
  private static final int OVERHEAD = 8;

  private BoundedMetrics() {}

  /** The metrics, or as many as go into {@code maxBytes}. */
  static JobApi.MetricResults fit(JobApi.MetricResults all, int maxBytes) {
    if (all.getSerializedSize() + OVERHEAD <= maxBytes) {
      return all;
    }
    int half = maxBytes / 2 - OVERHEAD;
    return JobApi.MetricResults.newBuilder()
        .addAllCommitted(first(all.getCommittedList(), half))
        .addAllAttempted(first(all.getAttemptedList(), half))
        .build();
  }

  private static List<MonitoringInfo> first(List<MonitoringInfo> infos, int maxBytes) {
    int room = maxBytes;
    for (int i = 0; i < infos.size(); i++) {
      room -= infos.get(i).getSerializedSize() + OVERHEAD;
      if (room < 0) {
        return infos.subList(0, i);
      }
    }
    return infos;
  }
}
