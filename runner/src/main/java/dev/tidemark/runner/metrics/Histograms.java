package dev.tidemark.runner.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.util.HistogramData;

/**
 * Reads the histograms of a job. Beam's own query results leave them out (Beam 2.70 to 2.73: {@code
 * MetricQueryResults.create} drops its last argument).
 */
final class Histograms {
  private Histograms() {}

  /** Returns a copy of each histogram in {@code containers}. */
  static Map<MetricKey, HistogramData> of(MetricsContainerStepMap containers) {
    Map<MetricKey, HistogramData> found = new LinkedHashMap<>();
    for (String step : stepsWithHistograms(containers)) {
      containers
          .getContainer(step)
          .getHistogram()
          .forEach(
              (nameAndBuckets, cell) ->
                  // One name with two kinds of buckets cannot be merged: the first one stands.
                  found.putIfAbsent(
                      MetricKey.create(step, nameAndBuckets.getKey()),
                      cell.getCumulative().extractResult()));
    }
    return found;
  }

  /** Only monitoring infos tell which steps there are. */
  private static Set<String> stepsWithHistograms(MetricsContainerStepMap containers) {
    Set<String> steps = new TreeSet<>();
    for (MonitoringInfo info : containers.getMonitoringInfos()) {
      String step = info.getLabelsMap().get(MonitoringInfoConstants.Labels.PTRANSFORM);
      if (step != null && info.getType().equals(MonitoringInfoConstants.TypeUrns.HISTOGRAM_TYPE)) {
        steps.add(step);
      }
    }
    return steps;
  }
}
