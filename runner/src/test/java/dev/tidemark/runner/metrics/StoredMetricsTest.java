package dev.tidemark.runner.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
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
  void whatIsDamagedIsRefused() {
    assertThatThrownBy(
            () -> StoredMetrics.addTo(new MetricsContainerImpl("step"), new byte[] {'c', 0, 0}))
        .isInstanceOf(IllegalStateException.class);
  }
}
