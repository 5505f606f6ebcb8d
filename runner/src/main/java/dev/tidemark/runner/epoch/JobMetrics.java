package dev.tidemark.runner.epoch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * The metrics of a job. Each lane counts into containers of its own, so that lanes do not contend;
 * whoever asks gets the sum.
 *
 * <p>Thread-safe.
 */
final class JobMetrics {
  private final List<Map<String, MetricsContainerImpl>> lanes = new ArrayList<>();
  private final List<Map<String, MetricsContainerImpl>> committed = new ArrayList<>();

  JobMetrics(int laneCount) {
    for (int lane = 0; lane < laneCount; lane++) {
      lanes.add(new ConcurrentHashMap<>());
      committed.add(new ConcurrentHashMap<>());
    }
  }

  /** Where step {@code step} counts in lane {@code lane}. */
  MetricsContainerImpl container(int lane, String step) {
    return lanes.get(lane).computeIfAbsent(step, MetricsContainerImpl::new);
  }

  /**
   * Copies what changed since the last call; no lane may be running.
   *
   * @return makes the copies the committed metrics
   */
  Runnable seal() {
    List<Runnable> publications = new ArrayList<>();
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
                }
              });
    }
    return () -> publications.forEach(Runnable::run);
  }

  private static MetricsContainerImpl copy(String step, MetricsContainerImpl container) {
    MetricsContainerImpl copy = new MetricsContainerImpl(step);
    copy.update(container);
    return copy;
  }

  /** Everything counted so far, by step. */
  MetricsContainerStepMap attempted() {
    return sum(lanes);
  }

  /** What committed epochs counted, by step. */
  MetricsContainerStepMap committed() {
    return sum(committed);
  }

  private static MetricsContainerStepMap sum(List<Map<String, MetricsContainerImpl>> lanes) {
    MetricsContainerStepMap sum = new MetricsContainerStepMap();
    for (Map<String, MetricsContainerImpl> lane : lanes) {
      lane.forEach(sum::update);
    }
    return sum;
  }
}
