package dev.tidemark.runner.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.util.HistogramData;

/** Joins the attempted and the committed metrics of a job into Beam's results. */
public final class JobMetrics {
  private JobMetrics() {}

  /**
   * The name of the runner's own counter of the elements that entered a stage, in the form of
   * Beam's system metrics: {@code metric:elements_in:v1} in the namespace {@code tidemark}.
   */
  static final String ELEMENTS_IN = "tidemark:metric:elements_in:v1";

  /**
   * Returns the metrics as they stand now: one result for each metric of each step, of every kind.
   *
   * <p>What was attempted but never committed has the committed value of a metric that nothing has
   * touched (zero, the empty set, ...), so that committed values may be asked for at any time.
   *
   * @param attempted metrics of all work done, may be changing
   * @param committed metrics of committed work, may be changing
   * @param elementsIn how many elements entered each stage, by its name; no work is undone without
   *     the job, so that both values of this counter are the same
   */
  public static MetricResults results(
      MetricsContainerStepMap attempted,
      MetricsContainerStepMap committed,
      Map<String, Long> elementsIn) {
    // Committed first: whatever is committed by now was attempted before.
    MetricQueryResults done = read(committed);
    Map<MetricKey, HistogramData> histogramsDone = Histograms.of(committed);
    MetricQueryResults tried = read(attempted);
    Map<MetricKey, HistogramData> histogramsTried = Histograms.of(attempted);
    List<MetricResult<Long>> counters =
        join(values(tried.getCounters()), values(done.getCounters()), value -> 0L);
    elementsIn.forEach((stage, count) -> counters.add(systemCounter(stage, count)));
    return new FilteredResults(
        counters,
        join(
            values(tried.getDistributions()),
            values(done.getDistributions()),
            value -> DistributionResult.IDENTITY_ELEMENT),
        join(values(tried.getGauges()), values(done.getGauges()), value -> GaugeResult.empty()),
        join(
            values(tried.getStringSets()),
            values(done.getStringSets()),
            value -> StringSetResult.empty()),
        join(
            values(tried.getBoundedTries()),
            values(done.getBoundedTries()),
            value -> BoundedTrieResult.empty()),
        join(histogramsTried, histogramsDone, value -> new HistogramData(value.getBucketType())));
  }

  /**
   * The metrics as they stand now in the form in which SDKs exchange them: one info for each metric
   * of each step, with the step's name as label {@code PTRANSFORM}.
   *
   * @param containers may be changing
   */
  public static Iterable<MonitoringInfo> monitoringInfos(MetricsContainerStepMap containers) {
    return containers.getMonitoringInfos();
  }

  /**
   * The metrics that were sent as {@link #monitoringInfos}. What names no step is left out.
   *
   * @param infos each metric of each step at most once
   */
  public static MetricsContainerStepMap containers(Iterable<MonitoringInfo> infos) {
    Map<String, List<MonitoringInfo>> bySteps = new LinkedHashMap<>();
    for (MonitoringInfo info : infos) {
      String step = info.getLabelsMap().get(MonitoringInfoConstants.Labels.PTRANSFORM);
      if (step != null) {
        bySteps.computeIfAbsent(step, any -> new ArrayList<>()).add(info);
      }
    }
    MetricsContainerStepMap containers = new MetricsContainerStepMap();
    bySteps.forEach((step, ofOne) -> containers.getContainer(step).update(ofOne));
    return containers;
  }

  /**
   * The same, with what work in hand has counted that is not in the containers yet.
   *
   * @param inHand by the name of the step
   */
  public static Iterable<MonitoringInfo> monitoringInfos(
      MetricsContainerStepMap containers, Map<String, List<MonitoringInfo>> inHand) {
    MetricsContainerStepMap all = new MetricsContainerStepMap();
    all.updateAll(containers);
    inHand.forEach(
        (step, infos) -> {
          MetricsContainerImpl counted = new MetricsContainerImpl(step);
          counted.update(infos);
          all.update(step, counted);
        });
    return all.getMonitoringInfos();
  }

  private static MetricResult<Long> systemCounter(String stage, long count) {
    MetricName name = MonitoringInfoMetricName.named(ELEMENTS_IN, Map.of());
    return MetricResult.create(MetricKey.create(stage, name), count, count);
  }

  private static MetricQueryResults read(MetricsContainerStepMap containers) {
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(containers).allMetrics();
  }

  private static <T> Map<MetricKey, T> values(Iterable<MetricResult<T>> results) {
    Map<MetricKey, T> values = new LinkedHashMap<>();
    for (MetricResult<T> result : results) {
      values.put(result.getKey(), result.getAttempted());
    }
    return values;
  }

  private static <T> List<MetricResult<T>> join(
      Map<MetricKey, T> attempted, Map<MetricKey, T> committed, Function<T, T> untouched) {
    List<MetricResult<T>> joined = new ArrayList<>();
    attempted.forEach(
        (key, value) -> {
          T done = committed.get(key);
          joined.add(MetricResult.create(key, done == null ? untouched.apply(value) : done, value));
        });
    committed.forEach(
        (key, value) -> {
          if (!attempted.containsKey(key)) {
            joined.add(MetricResult.create(key, value, value));
          }
        });
    return joined;
  }
}
