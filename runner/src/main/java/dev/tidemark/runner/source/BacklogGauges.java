package dev.tidemark.runner.source;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.metrics.SourceMetrics;

/**
 * Reports how much unread data the readers of one source know of, as Beam's gauges of sources: for
 * each split and in total.
 *
 * <p>Thread-safe.
 */
final class BacklogGauges {
  private final Map<Integer, Long> bySplit = new ConcurrentHashMap<>();

  /** Asks {@code reader} and sets the gauges; on the thread that owns it, its metrics current. */
  void report(int split, UnboundedReader<?> reader) {
    long bytes = reader.getSplitBacklogBytes();
    if (bytes >= 0) {
      bySplit.put(split, bytes);
      SourceMetrics.backlogBytesOfSplit(String.valueOf(split)).set(bytes);
      SourceMetrics.backlogBytes().set(bySplit.values().stream().mapToLong(b -> b).sum());
      return;
    }
    long total = reader.getTotalBacklogBytes();
    if (total >= 0) {
      SourceMetrics.backlogBytes().set(total);
    }
  }
}
