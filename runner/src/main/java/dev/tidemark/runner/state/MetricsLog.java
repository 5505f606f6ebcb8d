package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.TreeMap;

/**
 * The committed metrics of each step of a job in its store, as opaque bytes.
 *
 * <p>Owned by the driver.
 */
public final class MetricsLog {
  private final StoredRecords records;

  private MetricsLog(StoredRecords records) {
    this.records = records;
  }

  /** Reads what the store has. */
  public static MetricsLog open(StateStore store) {
    return new MetricsLog(new StoredRecords(store, StateTable.METRICS));
  }

  /** The metrics by the names of their steps. */
  public Map<String, byte[]> all() {
    Map<String, byte[]> all = new TreeMap<>();
    records
        .all()
        .forEach((step, metrics) -> all.put(new String(step.array(), UTF_8), metrics.array()));
    return all;
  }

  /**
   * What to commit with an epoch.
   *
   * @param changed the metrics of steps that have counted something
   */
  public StateChanges seal(Map<String, byte[]> changed) {
    changed.forEach(
        (step, metrics) -> records.put(Bytes.of(step.getBytes(UTF_8)), Bytes.of(metrics)));
    return records.seal();
  }
}
