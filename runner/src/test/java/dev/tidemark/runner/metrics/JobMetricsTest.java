package dev.tidemark.runner.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.util.HistogramData;
import org.junit.jupiter.api.Test;

class JobMetricsTest {
  private static final HistogramData.BucketType BUCKETS = HistogramData.LinearBuckets.of(0, 10, 5);

  private final MetricsContainerStepMap attempted = new MetricsContainerStepMap();
  private final MetricsContainerStepMap committed = new MetricsContainerStepMap();

  private static MetricName name(String name) {
    return MetricName.named("space", name);
  }

  private static <T> MetricResult<T> only(Iterable<MetricResult<T>> results) {
    assertThat(results).hasSize(1);
    return results.iterator().next();
  }

  private static void touchEverything(MetricsContainerImpl container, int times) {
    for (int i = 1; i <= times; i++) {
      container.getCounter(name("counter")).inc();
      container.getDistribution(name("distribution")).update(i);
      container.getGauge(name("gauge")).set(i);
      container.getStringSet(name("set")).add("s" + i);
      container.getBoundedTrie(name("trie")).add("t" + i);
      container.getHistogram(name("histogram"), BUCKETS).update(i);
    }
  }

  @Test
  void whatIsInHandIsAddedToWhatWasAttempted() {
    MetricName seen = MetricName.named("test", "seen");
    MetricsContainerImpl counted = new MetricsContainerImpl("step");
    counted.getCounter(seen).inc(5);
    MetricsContainerStepMap attempted = new MetricsContainerStepMap();
    attempted.update("step", counted);
    MetricsContainerImpl inHand = new MetricsContainerImpl("step");
    inHand.getCounter(seen).inc(7);
    List<MonitoringInfo> ofOneLane =
        List.copyOf((Collection<MonitoringInfo>) inHand.getMonitoringInfos());

    Iterable<MonitoringInfo> all =
        JobMetrics.monitoringInfos(
            attempted,
            Map.of("step", List.of(ofOneLane.get(0), ofOneLane.get(0)), "other", ofOneLane));

    assertThat(all)
        .extracting(
            info -> info.getLabelsOrThrow("PTRANSFORM"), info -> info.getPayload().byteAt(0))
        .containsExactlyInAnyOrder(tuple("step", (byte) 19), tuple("other", (byte) 7));
    assertThat(JobMetrics.monitoringInfos(attempted))
        .extracting(info -> info.getPayload().byteAt(0))
        .containsExactly((byte) 5);
  }

  @Test
  void everyKindHasBothValues() {
    touchEverything(attempted.getContainer("step"), 3);
    touchEverything(committed.getContainer("step"), 2);
    MetricQueryResults results = JobMetrics.results(attempted, committed, Map.of()).allMetrics();

    MetricResult<Long> counter = only(results.getCounters());
    assertThat(counter.getKey().stepName()).isEqualTo("step");
    assertThat(counter.getAttempted()).isEqualTo(3);
    assertThat(counter.getCommitted()).isEqualTo(2);
    assertThat(only(results.getDistributions()).getAttempted())
        .isEqualTo(DistributionResult.create(6, 3, 1, 3));
    assertThat(only(results.getDistributions()).getCommitted())
        .isEqualTo(DistributionResult.create(3, 2, 1, 2));
    assertThat(only(results.getGauges()).getAttempted().getValue()).isEqualTo(3);
    assertThat(only(results.getGauges()).getCommitted().getValue()).isEqualTo(2);
    assertThat(only(results.getStringSets()).getCommitted().getStringSet())
        .isEqualTo(Set.of("s1", "s2"));
    assertThat(only(results.getBoundedTries()).getCommitted().getResult()).hasSize(2);
    assertThat(only(results.getHistograms()).getAttempted().getTotalCount()).isEqualTo(3);
    assertThat(only(results.getHistograms()).getCommitted().getTotalCount()).isEqualTo(2);
  }

  @Test
  void whatWasNeverCommittedHasTheValueOfAnUntouchedMetric() {
    touchEverything(attempted.getContainer("step"), 3);
    MetricQueryResults results = JobMetrics.results(attempted, committed, Map.of()).allMetrics();
    assertThat(only(results.getCounters()).getCommitted()).isZero();
    assertThat(only(results.getDistributions()).getCommitted().getCount()).isZero();
    assertThat(only(results.getStringSets()).getCommitted().getStringSet()).isEmpty();
    assertThat(only(results.getBoundedTries()).getCommitted().getResult()).isEmpty();
    assertThat(only(results.getHistograms()).getCommitted().getTotalCount()).isZero();
  }

  @Test
  void oneResultAStepAndQueriesByName() {
    for (String step : List.of("A", "A/B", "C")) {
      attempted.getContainer(step).getCounter(name("counter")).inc(7);
      committed.getContainer(step).getCounter(name("counter")).inc(7);
      attempted.getContainer(step).getCounter(name("other")).inc(1);
    }
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named("space", "counter"))
            .addStep("A")
            .build();
    MetricQueryResults results =
        JobMetrics.results(attempted, committed, Map.of()).queryMetrics(filter);
    assertThat(results.getCounters())
        .extracting(result -> result.getKey().stepName() + "=" + result.getCommitted())
        .containsExactlyInAnyOrder("A=7", "A/B=7");
  }

  @Test
  void theRunnerCountsWhatEntersAStage() {
    attempted.getContainer("step").getCounter(name("counter")).inc(4);
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named("tidemark", "metric:elements_in:v1"))
            .build();
    MetricResult<Long> counter =
        only(
            JobMetrics.results(attempted, committed, Map.of("Read", 12L))
                .queryMetrics(filter)
                .getCounters());
    assertThat(counter.getKey().stepName()).isEqualTo("Read");
    assertThat(counter.getAttempted()).isEqualTo(12);
    assertThat(counter.getCommitted()).isEqualTo(12);
  }

  @Test
  void aCommitWithoutAnAttemptIsNotLost() {
    committed.getContainer("step").getCounter(name("counter")).inc(4);
    MetricResult<Long> counter =
        only(JobMetrics.results(attempted, committed, Map.of()).allMetrics().getCounters());
    assertThat(counter.getCommitted()).isEqualTo(4);
    assertThat(counter.getAttempted()).isEqualTo(4);
  }
}
