package dev.tidemark.runner.metrics;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricFiltering;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.util.HistogramData;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries from lists of results.
 *
 * <p>Immutable.
 */
final class FilteredResults extends MetricResults {
  private final List<MetricResult<Long>> counters;
  private final List<MetricResult<DistributionResult>> distributions;
  private final List<MetricResult<GaugeResult>> gauges;
  private final List<MetricResult<StringSetResult>> stringSets;
  private final List<MetricResult<BoundedTrieResult>> boundedTries;
  private final List<MetricResult<HistogramData>> histograms;

  FilteredResults(
      List<MetricResult<Long>> counters,
      List<MetricResult<DistributionResult>> distributions,
      List<MetricResult<GaugeResult>> gauges,
      List<MetricResult<StringSetResult>> stringSets,
      List<MetricResult<BoundedTrieResult>> boundedTries,
      List<MetricResult<HistogramData>> histograms) {
    this.counters = List.copyOf(counters);
    this.distributions = List.copyOf(distributions);
    this.gauges = List.copyOf(gauges);
    this.stringSets = List.copyOf(stringSets);
    this.boundedTries = List.copyOf(boundedTries);
    this.histograms = List.copyOf(histograms);
  }

  @Override
  public MetricQueryResults queryMetrics(@Nullable MetricsFilter filter) {
    return new Answer(
        matching(counters, filter),
        matching(distributions, filter),
        matching(gauges, filter),
        matching(stringSets, filter),
        matching(boundedTries, filter),
        matching(histograms, filter));
  }

  private static <T> List<MetricResult<T>> matching(
      List<MetricResult<T>> results, @Nullable MetricsFilter filter) {
    List<MetricResult<T>> matching = new ArrayList<>();
    for (MetricResult<T> result : results) {
      if (MetricFiltering.matches(filter, result.getKey())) {
        matching.add(result);
      }
    }
    return matching;
  }

  /** Beam's own way to make query results leaves out histograms. */
  private static final class Answer extends MetricQueryResults {
    private final List<MetricResult<Long>> counters;
    private final List<MetricResult<DistributionResult>> distributions;
    private final List<MetricResult<GaugeResult>> gauges;
    private final List<MetricResult<StringSetResult>> stringSets;
    private final List<MetricResult<BoundedTrieResult>> boundedTries;
    private final List<MetricResult<HistogramData>> histograms;

    Answer(
        List<MetricResult<Long>> counters,
        List<MetricResult<DistributionResult>> distributions,
        List<MetricResult<GaugeResult>> gauges,
        List<MetricResult<StringSetResult>> stringSets,
        List<MetricResult<BoundedTrieResult>> boundedTries,
        List<MetricResult<HistogramData>> histograms) {
      this.counters = counters;
      this.distributions = distributions;
      this.gauges = gauges;
      this.stringSets = stringSets;
      this.boundedTries = boundedTries;
      this.histograms = histograms;
    }

    @Override
    public Iterable<MetricResult<Long>> getCounters() {
      return counters;
    }

    @Override
    public Iterable<MetricResult<DistributionResult>> getDistributions() {
      return distributions;
    }

    @Override
    public Iterable<MetricResult<GaugeResult>> getGauges() {
      return gauges;
    }

    @Override
    public Iterable<MetricResult<StringSetResult>> getStringSets() {
      return stringSets;
    }

    @Override
    public Iterable<MetricResult<BoundedTrieResult>> getBoundedTries() {
      return boundedTries;
    }

    @Override
    public Iterable<MetricResult<HistogramData>> getHistograms() {
      return histograms;
    }
  }
}
