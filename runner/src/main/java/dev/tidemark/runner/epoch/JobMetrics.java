package dev.tidemark.runner.epoch;

import dev.tidemark.runner.metrics.StoredMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a job. Each lane counts into containers of its own, so that lanes do not contend;
 * whoever asks gets the sum. A run that goes on from another one's state goes on from what that has
 * committed. Work that was discarded counts as attempted.
 *
 * <p>Thread-safe.
 */
final class JobMetrics {
  private final List<Map<String, MetricsContainerImpl>> lanes = new ArrayList<>();
  private final List<Map<String, MetricsContainerImpl>> committed = new ArrayList<>();

  /** What earlier runs committed. */
  private final Map<String, MetricsContainerImpl> before = new ConcurrentHashMap<>();

  private final @Nullable JobMetrics discarded;

  /** What a seal leaves: what makes it the committed metrics, and which steps changed. */
  record Sealed(Runnable commit, Set<String> changedSteps) {}

  /**
   * Counts from nothing.
   *
   * @param discarded the metrics of a run of this process that failed; null if there was none
   */
  JobMetrics(int laneCount, @Nullable JobMetrics discarded) {
    this.discarded = discarded;
    for (int lane = 0; lane < laneCount; lane++) {
      lanes.add(new ConcurrentHashMap<>());
      committed.add(new ConcurrentHashMap<>());
    }
  }

  /** Where step {@code step} counts in lane {@code lane}. */
  MetricsContainerImpl container(int lane, String step) {
    return lanes.get(lane).computeIfAbsent(step, MetricsContainerImpl::new);
  }

  /** Tells what earlier runs committed, see {@link StoredMetrics}. */
  void restore(Map<String, byte[]> stored) {
    stored.forEach(
        (step, metrics) ->
            StoredMetrics.addTo(before.computeIfAbsent(step, MetricsContainerImpl::new), metrics));
  }

  /** Copies what changed since the last call; no lane may be running. */
  Sealed seal() {
    List<Runnable> publications = new ArrayList<>();
    Set<String> changed = new TreeSet<>();
    for (int lane = 0; lane < lanes.size(); lane++) {
      Map<String, MetricsContainerImpl> target = committed.get(lane);
      lanes
          .get(lane)
          .forEach(
              (step, container) -> {
                if (!container.getUpdates().isEmpty()) {
                  container.commitUpdates();
                  MetricsContainerImpl copy = copy(step, container);
                  publications.add(() -> target.put(step, copy));
                  changed.add(step);
                }
              });
    }
    return new Sealed(() -> publications.forEach(Runnable::run), changed);
  }

  /** All that the lanes and earlier runs counted in some steps; no lane may be running. */
  Map<String, byte[]> stored(Set<String> steps) {
    Map<String, byte[]> stored = new TreeMap<>();
    for (String step : steps) {
      MetricsContainerImpl sum = new MetricsContainerImpl(step);
      addTo(sum, before.get(step));
      lanes.forEach(lane -> addTo(sum, lane.get(step)));
      stored.put(step, StoredMetrics.encode(sum));
    }
    return stored;
  }

  private static void addTo(MetricsContainerImpl sum, @Nullable MetricsContainerImpl part) {
    if (part != null) {
      sum.update(part);
    }
  }

  private static MetricsContainerImpl copy(String step, MetricsContainerImpl container) {
    MetricsContainerImpl copy = new MetricsContainerImpl(step);
    copy.update(container);
    return copy;
  }

  /** Everything counted so far, by step. */
  MetricsContainerStepMap attempted() {
    MetricsContainerStepMap sum = new MetricsContainerStepMap();
    if (discarded == null) {
      before.forEach(sum::update);
    } else {
      sum.updateAll(discarded.attempted());
    }
    return add(sum, lanes);
  }

  /** What committed epochs counted, by step. */
  MetricsContainerStepMap committed() {
    MetricsContainerStepMap sum = new MetricsContainerStepMap();
    before.forEach(sum::update);
    return add(sum, committed);
  }

  private static MetricsContainerStepMap add(
      MetricsContainerStepMap sum, List<Map<String, MetricsContainerImpl>> lanes) {
    for (Map<String, MetricsContainerImpl> lane : lanes) {
      lane.forEach(sum::update);
    }
    return sum;
  }
}
