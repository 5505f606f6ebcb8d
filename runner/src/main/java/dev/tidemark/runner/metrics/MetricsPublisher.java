package dev.tidemark.runner.metrics;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.beam.runners.core.metrics.NoOpMetricsSink;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.util.InstanceBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes a job's metrics to the sink that {@code --metricsSink} names, every {@code
 * --metricsPushPeriod} seconds and once more at the end, before those who wait for the job go on.
 *
 * <p>A sink that fails is reported once; the job goes on.
 *
 * <p>Owned by the job's monitor thread.
 */
public final class MetricsPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsPublisher.class);

  private final @Nullable MetricsSink sink;
  private final Supplier<MetricResults> metrics;
  private final long periodNanos;
  private long lastPushNanos = System.nanoTime();
  private boolean failedBefore;

  MetricsPublisher(@Nullable MetricsSink sink, long periodNanos, Supplier<MetricResults> metrics) {
    this.sink = sink;
    this.periodNanos = periodNanos;
    this.metrics = metrics;
  }

  /**
   * Makes a publisher; it does nothing if the options name no sink.
   *
   * @param metrics gives the metrics as of now
   */
  public static MetricsPublisher create(MetricsOptions options, Supplier<MetricResults> metrics) {
    Class<? extends MetricsSink> type = options.getMetricsSink();
    MetricsSink sink =
        type == NoOpMetricsSink.class
            ? null
            : InstanceBuilder.ofType(MetricsSink.class)
                .fromClass(type)
                .withArg(MetricsOptions.class, options)
                .build();
    long seconds = Math.max(1, options.getMetricsPushPeriod());
    return new MetricsPublisher(sink, TimeUnit.SECONDS.toNanos(seconds), metrics);
  }

  /** Pushes if it is time. */
  public void tick() {
    if (sink != null && System.nanoTime() - lastPushNanos >= periodNanos) {
      push(sink);
    }
  }

  /** In how many milliseconds {@link #tick} has something to do. */
  public long untilNextMillis() {
    if (sink == null) {
      return Long.MAX_VALUE;
    }
    long nanos = periodNanos - (System.nanoTime() - lastPushNanos);
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** Pushes for the last time. */
  @Override
  public void close() {
    if (sink != null) {
      push(sink);
    }
  }

  private void push(MetricsSink target) {
    lastPushNanos = System.nanoTime();
    try {
      MetricQueryResults now = metrics.get().allMetrics();
      if (now.getCounters().iterator().hasNext()
          || now.getDistributions().iterator().hasNext()
          || now.getGauges().iterator().hasNext()
          || now.getStringSets().iterator().hasNext()
          || now.getBoundedTries().iterator().hasNext()
          || now.getHistograms().iterator().hasNext()) {
        target.writeMetrics(now);
      }
    } catch (Exception e) {
      if (!failedBefore) {
        LOG.warn(
            "The metrics sink {} failed; further failures of it are not reported.",
            target.getClass().getName(),
            e);
      }
      failedBefore = true;
    }
  }
}
