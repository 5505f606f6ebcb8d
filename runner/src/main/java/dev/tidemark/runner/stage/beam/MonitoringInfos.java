package dev.tidemark.runner.stage.beam;

import java.util.List;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricsContainer;

/** Adds what an SDK harness has counted in a bundle to the metrics of a lane. */
public final class MonitoringInfos {
  private MonitoringInfos() {}

  /**
   * Adds to {@code container}, which is the lane's.
   *
   * @param infos of one transform; those of a type that is not known are left out
   */
  public static void add(MetricsContainer container, List<MonitoringInfo> infos) {
    if (container instanceof MetricsContainerImpl cells) {
      cells.update(infos);
    }
  }
}
