package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;

/**
 * What the bundles of a job that are under way have counted so far: work that was attempted, and
 * may be done again.
 *
 * <p>Thread-safe.
 */
public final class MetricsInHand {
  private final Map<Place, Map<String, List<MonitoringInfo>>> shown = new ConcurrentHashMap<>();

  private record Place(NodeId node, int lane) {}

  /** Shows what the bundle of a node in a lane has counted, in place of what it had before. */
  void show(NodeId node, int lane, Map<String, List<MonitoringInfo>> byTransform) {
    shown.put(new Place(node, lane), Map.copyOf(byTransform));
  }

  /** The bundle has ended, or is begun anew. */
  void clear(NodeId node, int lane) {
    shown.remove(new Place(node, lane));
  }

  /** All of it, by the full name of the transform. */
  public Map<String, List<MonitoringInfo>> byTransform() {
    Map<String, List<MonitoringInfo>> all = new HashMap<>();
    for (Map<String, List<MonitoringInfo>> ofOne : shown.values()) {
      ofOne.forEach(
          (transform, infos) ->
              all.computeIfAbsent(transform, any -> new ArrayList<>()).addAll(infos));
    }
    return all;
  }
}
