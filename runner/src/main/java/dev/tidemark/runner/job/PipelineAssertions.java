package dev.tidemark.runner.job;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;

/** Checks that every {@code PAssert} of a pipeline was really evaluated. */
final class PipelineAssertions {
  private PipelineAssertions() {}

  /**
   * Checks the counters that {@code PAssert} keeps.
   *
   * @throws AssertionError if an assertion failed, or was not evaluated
   */
  static void verify(Pipeline pipeline, PipelineResult result) {
    int expected;
    try {
      expected = PAssert.countAsserts(pipeline);
    } catch (NoClassDefFoundError e) {
      return; // PAssert needs Hamcrest: without it, no pipeline can hold one.
    }
    if (expected == 0) {
      return;
    }
    long failed = steps(result, PAssert.FAILURE_COUNTER);
    if (failed > 0) {
      throw new AssertionError(failed + " of " + expected + " assertions of the pipeline failed.");
    }
    long succeeded = steps(result, PAssert.SUCCESS_COUNTER);
    if (succeeded != expected) {
      throw new AssertionError(
          "The pipeline has " + expected + " assertions, but " + succeeded + " were evaluated.");
    }
  }

  /** How many steps have counted something under the given name. */
  private static long steps(PipelineResult result, String counter) {
    long steps = 0;
    for (MetricResult<Long> metric :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(PAssert.class, counter))
                    .build())
            .getCounters()) {
      if (metric.getAttempted() > 0) {
        steps++;
      }
    }
    return steps;
  }
}
