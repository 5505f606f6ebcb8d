package dev.tidemark.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.DelegatingHistogram;
import org.apache.beam.sdk.metrics.Histogram;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.HistogramData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Histograms of users' functions. */
class HistogramTest {

  /** Notes its elements in a histogram with ten buckets of ten. */
  private static final class Note extends DoFn<Integer, Void> {
    private final Histogram sizes =
        new DelegatingHistogram(
            MetricName.named("test", "sizes"), HistogramData.LinearBuckets.of(0, 10, 10), false);

    @ProcessElement
    public void process(@Element Integer element) {
      sizes.update(element);
    }
  }

  @ParameterizedTest
  @CsvSource({"false,1", "false,2", "true,2"})
  void theyComeThroughAttemptedAndCommitted(boolean streaming, int lanes) {
    TidemarkOptions options = PipelineOptionsFactory.create().as(TidemarkOptions.class);
    options.setRunner(TidemarkRunner.class);
    options.setStreaming(streaming);
    options.setLanes(lanes);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(1, 5, 12, 47, 1000)).apply("Note", ParDo.of(new Note()));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    MetricsFilter filter =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace("test")).build();
    MetricResult<HistogramData> sizes =
        StreamSupport.stream(
                result.metrics().queryMetrics(filter).getHistograms().spliterator(), false)
            .reduce(
                (one, other) -> {
                  throw new AssertionError("more than one result: " + one + ", " + other);
                })
            .orElseThrow();
    assertThat(sizes.getKey().stepName()).isEqualTo("Note/ParMultiDo(Note)");
    for (HistogramData data : new HistogramData[] {sizes.getAttempted(), sizes.getCommitted()}) {
      assertThat(data.getTotalCount()).isEqualTo(5);
      assertThat(data.getCount(0)).isEqualTo(2);
      assertThat(data.getCount(1)).isEqualTo(1);
      assertThat(data.getCount(4)).isEqualTo(1);
      assertThat(data.getTopBucketCount()).isEqualTo(1);
    }
  }
}
