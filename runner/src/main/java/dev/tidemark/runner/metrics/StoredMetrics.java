package dev.tidemark.runner.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.beam.runners.core.metrics.BoundedTrieData;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.GaugeData;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricUpdates.MetricUpdate;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MonitoringInfoEncodings;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.runners.core.metrics.StringSetData;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.util.HistogramData;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The metrics of one step that users have named, as bytes. Part of the storage format: for each
 * metric its kind, namespace, name and value. Bounded tries and histograms are written as Beam has
 * them in its model; they do not grow with what they are told, and string sets are cut by Beam.
 * What a histogram has outside of its buckets, which Beam's model leaves out, is counted as well,
 * without its mean.
 */
public final class StoredMetrics {
  private static final int COUNTER = 'c';
  private static final int DISTRIBUTION = 'd';
  private static final int GAUGE = 'g';
  private static final int STRING_SET = 's';
  private static final int BOUNDED_TRIE = 't';
  private static final int HISTOGRAM = 'h';

  private StoredMetrics() {}

  /** Writes down what a container has counted so far. */
  public static byte[] encode(MetricsContainerImpl container) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      MetricUpdates all = container.getCumulative();
      for (MetricUpdate<Long> counter : all.counterUpdates()) {
        if (begin(out, COUNTER, counter)) {
          out.writeLong(counter.getUpdate());
        }
      }
      for (MetricUpdate<DistributionData> distribution : all.distributionUpdates()) {
        if (begin(out, DISTRIBUTION, distribution)) {
          DistributionData data = distribution.getUpdate();
          out.writeLong(data.sum());
          out.writeLong(data.count());
          out.writeLong(data.min());
          out.writeLong(data.max());
        }
      }
      for (MetricUpdate<GaugeData> gauge : all.gaugeUpdates()) {
        if (begin(out, GAUGE, gauge)) {
          out.writeLong(gauge.getUpdate().value());
        }
      }
      for (MetricUpdate<StringSetData> strings : all.stringSetUpdates()) {
        if (begin(out, STRING_SET, strings)) {
          write(out, strings.getUpdate().stringSet());
        }
      }
      for (MetricUpdate<BoundedTrieData> trie : all.boundedTrieUpdates()) {
        if (begin(out, BOUNDED_TRIE, trie)) {
          write(out, MonitoringInfoEncodings.encodeBoundedTrie(trie.getUpdate()));
        }
      }
      for (MetricUpdate<HistogramData> histogram : all.histogramsUpdates()) {
        if (begin(out, HISTOGRAM, histogram)) {
          HistogramData data = histogram.getUpdate();
          write(out, MonitoringInfoEncodings.encodeInt64Histogram(data));
          out.writeLong(data.getBottomBucketCount());
          out.writeLong(data.getTopBucketCount());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes what a metric is called; false if it is none that a user has named. */
  private static boolean begin(DataOutputStream out, int kind, MetricUpdate<?> metric)
      throws IOException {
    MetricName name = metric.getKey().metricName();
    if (name instanceof MonitoringInfoMetricName) {
      return false;
    }
    out.writeByte(kind);
    write(out, name.getNamespace());
    write(out, name.getName());
    return true;
  }

  private static void write(DataOutputStream out, Set<String> strings) throws IOException {
    out.writeInt(strings.size());
    for (String string : strings) {
      write(out, string);
    }
  }

  private static void write(DataOutputStream out, ByteString bytes) throws IOException {
    out.writeInt(bytes.size());
    bytes.writeTo(out);
  }

  private static void write(DataOutputStream out, String string) throws IOException {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Adds to a container what {@link #encode} wrote.
   *
   * @throws IllegalStateException if it is something else
   */
  public static void addTo(MetricsContainerImpl container, byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      while (in.available() > 0) {
        add(in.readByte(), MetricName.named(string(in), string(in)), in, container);
      }
    } catch (IOException e) {
      throw new IllegalStateException("stored metrics are damaged", e);
    }
  }

  private static void add(
      int kind, MetricName name, DataInputStream in, MetricsContainerImpl container)
      throws IOException {
    switch (kind) {
      case COUNTER -> container.getCounter(name).inc(in.readLong());
      case DISTRIBUTION ->
          container
              .getDistribution(name)
              .update(in.readLong(), in.readLong(), in.readLong(), in.readLong());
      case GAUGE -> container.getGauge(name).set(in.readLong());
      case STRING_SET -> {
        for (int left = in.readInt(); left > 0; left--) {
          container.getStringSet(name).add(string(in));
        }
      }
      case BOUNDED_TRIE ->
          container
              .getBoundedTrie(name)
              .update(MonitoringInfoEncodings.decodeBoundedTrie(bytes(in)));
      case HISTOGRAM -> {
        HistogramData histogram = MonitoringInfoEncodings.decodeInt64Histogram(bytes(in));
        histogram.incBottomBucketCount(in.readLong());
        histogram.incTopBucketCount(in.readLong());
        container.getHistogram(name, histogram.getBucketType()).update(histogram);
      }
      default -> throw new IllegalStateException("stored metrics have the unknown kind " + kind);
    }
  }

  private static ByteString bytes(DataInputStream in) throws IOException {
    return ByteString.copyFrom(in.readNBytes(in.readInt()));
  }

  private static String string(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
