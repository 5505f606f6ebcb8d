package dev.tidemark.runner.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.runners.core.metrics.DefaultMetricResults;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.util.HistogramData;

/** Joins the attempted and the committed metrics of a job into Beam's results. */
public final class JobMetrics {
  private JobMetrics() {}

  /**
   * Returns the metrics as they stand now: one result for each metric of each step, of every kind.
   *
   * <p>What was attempted but never committed has the committed value of a metric that nothing has
   * touched (zero, the empty set, ...), so that committed values may be asked for at any time.
   *
   * @param attempted metrics of all work done, may be changing
   * @param committed metrics of committed work, may be changing
   */
  public static MetricResults results(
      MetricsContainerStepMap attempted, MetricsContainerStepMap committed) {
    // Committed first: whatever is committed by now was attempted before.
    MetricQueryResults done = read(committed);
    MetricQueryResults tried = read(attempted);
    return new DefaultMetricResults(
        join(tried.getCounters(), done.getCounters(), value -> 0L),
        join(
            tried.getDistributions(),
            done.getDistributions(),
            value -> DistributionResult.IDENTITY_ELEMENT),
        join(tried.getGauges(), done.getGauges(), value -> GaugeResult.empty()),
        join(tried.getStringSets(), done.getStringSets(), value -> StringSetResult.empty()),
        join(tried.getBoundedTries(), done.getBoundedTries(), value -> BoundedTrieResult.empty()),
        join(
            tried.getHistograms(),
            done.getHistograms(),
            value -> new HistogramData(value.getBucketType())));
  }

  private static MetricQueryResults read(MetricsContainerStepMap containers) {
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(containers).allMetrics();
  }

  private static <T> List<MetricResult<T>> join(
      Iterable<MetricResult<T>> tried, Iterable<MetricResult<T>> done, Function<T, T> untouched) {
    Map<MetricKey, T> committed = new LinkedHashMap<>();
    for (MetricResult<T> result : done) {
      committed.put(result.getKey(), result.getAttempted());
    }
    List<MetricResult<T>> joined = new ArrayList<>();
    for (MetricResult<T> result : tried) {
      T value = committed.remove(result.getKey());
      joined.add(
          MetricResult.create(
              result.getKey(),
              value == null ? untouched.apply(result.getAttempted()) : value,
              result.getAttempted()));
    }
    // Committed, and yet not attempted: work that another attempt was given the credit of.
    committed.forEach((key, value) -> joined.add(MetricResult.create(key, value, value)));
    return joined;
  }
}
