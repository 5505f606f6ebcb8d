package dev.tidemark.runner.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.util.HistogramData;
import org.junit.jupiter.api.Test;

class StoredMetricsTest {
  private static final MetricName NAME = MetricName.named("space", "näme");

  @Test
  void whatAContainerCountedIsAddedToAnother() {
    MetricsContainerImpl before = new MetricsContainerImpl("step");
    before.getCounter(NAME).inc(5);
    before.getDistribution(NAME).update(3);
    before.getDistribution(NAME).update(8);
    before.getGauge(NAME).set(-7);
    before.getStringSet(NAME).add("x", "y");
    MetricsContainerImpl after = new MetricsContainerImpl("step");
    after.getCounter(NAME).inc(1);
    StoredMetrics.addTo(after, StoredMetrics.encode(before));
    assertThat(after.getCounter(NAME).getCumulative()).isEqualTo(6);
    assertThat(after.getDistribution(NAME).getCumulative())
        .isEqualTo(before.getDistribution(NAME).getCumulative());
    assertThat(after.getGauge(NAME).getCumulative().value()).isEqualTo(-7);
    assertThat(after.getStringSet(NAME).getCumulative().stringSet())
        .containsExactlyInAnyOrder("x", "y");
  }

  @Test
  void triesAndHistogramsGoOn() {
    HistogramData.BucketType buckets = HistogramData.LinearBuckets.of(0, 10, 5);
    MetricsContainerImpl whole = new MetricsContainerImpl("step");
    MetricsContainerImpl before = new MetricsContainerImpl("step");
    MetricsContainerImpl after = new MetricsContainerImpl("step");
    for (MetricsContainerImpl container : List.of(before, whole)) {
      container.getBoundedTrie(NAME).add("data", "2026", "monday");
      container.getHistogram(NAME, buckets).update(-1, 7, 25, 49, 1_000);
    }
    for (MetricsContainerImpl container : List.of(after, whole)) {
      container.getBoundedTrie(NAME).add("data", "2026", "tuesday");
      container.getHistogram(NAME, buckets).update(8, 2_000);
    }
    StoredMetrics.addTo(after, StoredMetrics.encode(before));
    assertThat(after.getBoundedTrie(NAME).getCumulative().extractResult())
        .isEqualTo(whole.getBoundedTrie(NAME).getCumulative().extractResult());
    HistogramData found = after.getHistogram(NAME, buckets).getCumulative();
    HistogramData expected = whole.getHistogram(NAME, buckets).getCumulative();
    assertThat(found.getTotalCount()).isEqualTo(expected.getTotalCount()).isEqualTo(7);
    assertThat(found.getBucketCount()).isEqualTo(expected.getBucketCount());
    assertThat(found.getTopBucketCount()).isEqualTo(2);
    assertThat(found.getBottomBucketCount()).isEqualTo(1);
  }

  /** A trie with more than it can hold is stored as it is: cut, and no larger for it. */
  @Test
  void aFullTrieStaysBounded() {
    MetricsContainerImpl container = new MetricsContainerImpl("step");
    int[] sizes = new int[2];
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 10_000; i++) {
        container.getBoundedTrie(NAME).add("folder " + i % 300, "file " + round + " " + i);
      }
      sizes[round] = StoredMetrics.encode(container).length;
    }
    assertThat(sizes[1]).isLessThanOrEqualTo(10_000).isLessThanOrEqualTo(sizes[0] + 1_000);
    MetricsContainerImpl after = new MetricsContainerImpl("step");
    StoredMetrics.addTo(after, StoredMetrics.encode(container));
    assertThat(after.getBoundedTrie(NAME).getCumulative().extractResult())
        .isEqualTo(container.getBoundedTrie(NAME).getCumulative().extractResult());
  }

  @Test
  void whatIsDamagedIsRefused() {
    assertThatThrownBy(
            () -> StoredMetrics.addTo(new MetricsContainerImpl("step"), new byte[] {'c', 0, 0}))
        .isInstanceOf(IllegalStateException.class);
  }
}
