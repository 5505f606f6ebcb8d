package dev.tidemark.runner.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class MetricsPublisherTest {
  private final MetricsContainerStepMap metrics = new MetricsContainerStepMap();

  /** Counts its calls. */
  private static class CountingSink implements MetricsSink {
    private static final long serialVersionUID = 1;
    final AtomicInteger calls = new AtomicInteger();

    @Override
    public void writeMetrics(MetricQueryResults results) {
      calls.incrementAndGet();
    }
  }

  private MetricsPublisher publisher(MetricsSink sink, long periodNanos) {
    return new MetricsPublisher(
        sink,
        periodNanos,
        () -> JobMetrics.results(metrics, new MetricsContainerStepMap(), Map.of()));
  }

  @Test
  void pushesWhenItIsTimeAndAtTheEnd() {
    metrics.getContainer("step").getCounter(MetricName.named("n", "c")).inc();
    CountingSink sink = new CountingSink();
    MetricsPublisher never = publisher(sink, Long.MAX_VALUE);
    never.tick();
    assertThat(sink.calls).hasValue(0);
    never.close();
    assertThat(sink.calls).hasValue(1);

    MetricsPublisher always = publisher(sink, 0);
    always.tick();
    always.tick();
    assertThat(sink.calls).hasValue(3);
  }

  @Test
  void pushesNothingWhileThereIsNothing() {
    CountingSink sink = new CountingSink();
    publisher(sink, 0).close();
    assertThat(sink.calls).hasValue(0);
  }

  @Test
  void aSinkThatFailsHarmsNobody() {
    metrics.getContainer("step").getCounter(MetricName.named("n", "c")).inc();
    MetricsPublisher publisher =
        publisher(
            results -> {
              throw new java.io.IOException("no route");
            },
            0);
    assertThatCode(
            () -> {
              publisher.tick();
              publisher.close();
            })
        .doesNotThrowAnyException();
  }

  @Test
  void withoutASinkThereIsNothingToDo() {
    MetricsPublisher publisher =
        MetricsPublisher.create(
            PipelineOptionsFactory.as(MetricsOptions.class),
            () -> {
              throw new AssertionError("asked for metrics");
            });
    publisher.tick();
    publisher.close();
    assertThat(publisher.untilNextMillis()).isEqualTo(Long.MAX_VALUE);
  }
}
